import type { RestoreCheck, RestorePlan, RestorePlanRequest } from '@odoo-backup/protocol'
import { givenPassword, type PasswordOptions } from '../encryption-password.ts'
import { ExitStatus } from '../exit-status.ts'
import type { Invocation } from '../invocation.ts'
import { plainText } from '../plain-text.ts'

const MARK: Record<RestoreCheck['state'], string> = { ok: 'ok     ', warning: 'warning', fault: 'FAULT  ' }

/** Says what a restore would do and what speaks against it, as the page does; begins nothing. */
export async function checkRestore(
  invocation: Invocation,
  request: RestorePlanRequest,
  options: PasswordOptions,
): Promise<void> {
  const { world } = invocation
  const given = await givenPassword(world, options)
  await invocation.withAgent('never', async agent => {
    let plan = await agent.planRestore(request, given === undefined ? {} : { encryptionPassword: given })
    if (given === undefined && lacksPassword(plan) && world.ask !== undefined) {
      const encryptionPassword = await world.ask('Encryption password: ', { hidden: true })
      plan = await agent.planRestore(request, { encryptionPassword })
    }
    invocation.tell(plan)
    for (const line of planLines(plan)) invocation.say(plainText(line))
    if (!plan.ready) throw new ExitStatus(1)
  })
}

const lacksPassword = ({ checks }: RestorePlan) =>
  checks.some(({ check, state }) => check === 'password' && state === 'fault')

function planLines({ database, copy, neutralise, why, checks }: RestorePlan): string[] {
  const identity = copy ? 'a copy with an identity of its own' : 'the original again'
  return [
    `The database ${database} would be made: ${identity}, ${neutralise ? 'neutralised' : 'with all that it does outside'}.`,
    why,
    ...checks.flatMap(({ check, state, message, advice }) => [
      `${MARK[state]}  ${check}: ${message}`,
      ...(advice === undefined ? [] : [`         ${advice}`]),
    ]),
  ]
}
