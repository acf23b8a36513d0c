import { CommanderError } from 'commander'
import { AgentError } from '../errors.ts'
import { ExitStatus } from './exit-status.ts'
import { plainText } from './plain-text.ts'
import { createProgram } from './program.ts'
import type { World } from './world.ts'

const USAGE = 64
const INTERNAL = 70

/** Runs one command line (without node and script); resolves to the exit status and never throws. */
export async function runCli(args: readonly string[], world: World, version: string): Promise<number> {
  const json = args.includes('--json')
  try {
    await createProgram(world, version).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
    if (error instanceof ExitStatus) return error.status
    const failure = error instanceof AgentError ? error : undefined
    const exitCode = failure?.exitCode ?? INTERNAL
    const message = failure?.message ?? unforeseen(error)
    if (json)
      world.stderr.write(
        `${JSON.stringify({ code: failure?.code ?? 'internal', message, exitCode, ...links(failure) })}\n`,
      )
    else world.stderr.write(`odoo-backup: ${plainText(message)}\n`)
    return exitCode
  }
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
