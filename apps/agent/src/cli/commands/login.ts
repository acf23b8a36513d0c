import type { Command } from 'commander'
import { AgentError } from '../../errors.ts'
import type { ConnectionState } from '../../operations.ts'
import { type Invocation, invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import type { World } from '../world.ts'

export function addLogin(program: Command, world: World): void {
  program
    .command('login')
    .summary('connect this server to your account')
    .description(
      'Connects this server to an odoo-backup.sh account. Shows a link: open it in any browser, log in at odoo.com, approve this server, and type the code that is shown. A server with a bucket of its own needs no log-in.',
    )
    .option('--code <code>', 'the one-time code, where there is no terminal to type it on')
    .action(async (options: { code?: string }, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        let state = await agent.connect(options.code === undefined ? {} : { code: options.code })
        if (state.state === 'login_required' && world.ask !== undefined && !invocation.json) {
          invocation.say(
            `Open this link, log in and approve this server:\n\n  ${plainText(state.authLink)}\n`,
          )
          const code = (await world.ask('Then type the code that is shown: ')).trim()
          state = await agent.connect({ code })
        }
        report(invocation, state)
      })
    })
}

function report(invocation: Invocation, state: ConnectionState): void {
  if (state.state === 'login_required') {
    const { authLink } = state
    throw new AgentError(
      'login_required',
      `Open this link, log in and approve this server: ${authLink}\nThen run: odoo-backup login --code CODE`,
      { authLink },
    )
  }
  invocation.tell(state)
  if (state.state === 'payment_required') {
    const rechargeLink = state.rechargeLink
    throw new AgentError(
      'payment_required',
      state.message,
      rechargeLink === undefined ? {} : { rechargeLink },
    )
  }
  const account = state.account === undefined ? '' : ` Account: ${state.account}.`
  const place = state.place ?? `the folder ${state.folder}`
  invocation.say(plainText(`Connected. Backups are kept in ${place}.${account}`))
  if (state.refusal !== undefined)
    invocation.say(plainText(`No backup is taken for now. ${state.refusal.message}`))
}
