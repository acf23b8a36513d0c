import { AgentError } from '../errors.ts'
import type { Invocation } from './invocation.ts'

/** Asks before something goes; without a terminal `--yes` is the only way on. */
export async function confirm(
  invocation: Invocation,
  yes: boolean | undefined,
  question: string,
): Promise<void> {
  if (yes === true) return
  const { ask } = invocation.world
  if (ask === undefined) throw new AgentError('invalid_request', `${question} Say so with --yes.`)
  const answer = await ask(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new AgentError('cancelled', 'Nothing was changed.')
}
