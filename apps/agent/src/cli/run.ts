import { CommanderError } from 'commander'
import { AgentError } from '../errors.ts'
import { systemErrorCode } from '../system-error.ts'
import { ExitStatus } from './exit-status.ts'
import { plainText } from './plain-text.ts'
import { createProgram } from './program.ts'
import type { World } from './world.ts'

const USAGE = 64
const INTERNAL = 70
/** As a shell shows the end of a program that SIGPIPE ended. */
const READER_GONE = 141

/** Runs one command line (without node and script); resolves to the exit status and never throws. */
export async function runCli(args: readonly string[], world: World, version: string): Promise<number> {
  const json = args.includes('--json')
  try {
    await createProgram(world, version, { json }).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof ExitStatus) return error.status
    if (isReaderGone(error)) return READER_GONE
    if (error instanceof CommanderError && (error.exitCode === 0 || !json))
      return error.exitCode === 0 ? 0 : USAGE
    const failure = asFailure(error)
    const exitCode = failure?.exitCode ?? INTERNAL
    const message = failure?.message ?? unforeseen(error)
    if (json)
      world.stderr.write(
        `${JSON.stringify({ code: failure?.code ?? 'internal', message, exitCode, ...links(failure) })}\n`,
      )
    else {
      world.stderr.write(`odoo-backup: ${plainText(message)}\n`)
      if (failure?.rechargeLink !== undefined)
        world.stderr.write(`Buy credit: ${plainText(failure.rechargeLink)}\n`)
    }
    return exitCode
  }
}

function asFailure(error: unknown): AgentError | undefined {
  if (error instanceof AgentError) return error
  if (error instanceof CommanderError)
    return new AgentError('invalid_request', error.message.replace(/^error: /, ''))
  return undefined
}

/** Whoever read standard output left (`| head`): no fault, and nobody there to be told. */
function isReaderGone(error: unknown): boolean {
  return systemErrorCode(error) === 'EPIPE'
}

function links(failure: AgentError | undefined) {
  const { authLink, rechargeLink } = failure ?? {}
  return {
    ...(authLink === undefined ? {} : { authLink }),
    ...(rechargeLink === undefined ? {} : { rechargeLink }),
  }
}

function unforeseen(error: unknown): string {
  return `Something went wrong that should not: ${error instanceof Error ? error.message : String(error)}`
}
