import type { Notice } from '@odoo-backup/protocol'
import { type Command, Option } from 'commander'
import { formatTime } from '../../wording/amounts.ts'
import { invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import type { World } from '../world.ts'

const MARK: Record<Notice['severity'], string> = { info: 'Note', warning: 'Warning', error: 'ERROR' }

interface NoticesOptions {
  readonly all?: boolean
  readonly test?: 'mail' | 'webhook'
}

export function addNotices(program: Command, world: World): void {
  program
    .command('notices')
    .summary('show what the agent gave notice of')
    .description(
      'Shows the notices that stand, as the running agent raised them, or sends a trial the way notices go.',
    )
    .option('--all', 'those that have passed too')
    .addOption(new Option('--test <way>', 'send a trial instead').choices(['mail', 'webhook']))
    .action(async ({ all, test }: NoticesOptions, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async (_agent, board) => {
        if (test !== undefined) {
          await board.test(test)
          invocation.tell({ test, taken: true })
          return invocation.say('The trial was taken.')
        }
        const notices = (await board.list()).filter(
          ({ clearedAt }) => all === true || clearedAt === undefined,
        )
        invocation.tell(notices)
        if (notices.length === 0) invocation.say('There are no notices.')
        for (const notice of notices) invocation.say(plainText(noticeLine(notice)))
      })
    })
}

export function noticeLine({ severity, database, message, raisedAt, clearedAt }: Notice): string {
  const about = database === undefined ? '' : ` (${database})`
  const passed = clearedAt === undefined ? '' : `, passed ${formatTime(clearedAt)}`
  return `${MARK[severity]}${about}, since ${formatTime(raisedAt)}${passed}: ${message}`
}
