import { text } from 'node:stream/consumers'
import { openNoticeBoard } from '../monitor/index.ts'
import { yieldToOthers } from '../niceness.ts'
import { AGENT_VERSION, openAgent } from '../open-agent.ts'
import { plainText } from './plain-text.ts'
import { runCli } from './run.ts'
import { askOnTerminal, outputOf } from './terminal.ts'

const interrupted = new AbortController()
process.once('SIGINT', () => {
  interrupted.abort()
  // A second Ctrl-C ends at once: the next run, or the service, takes away what is left.
  process.once('SIGINT', () => process.exit(130))
})
process.once('SIGTERM', () => interrupted.abort())

const stderr = outputOf(process.stderr)
const json = process.argv.includes('--json')
const status = await runCli(
  process.argv.slice(2),
  {
    openAgent: async ({ configurationFile, worker }) => {
      const { agent, store, isLeftToOthers, close } = await openAgent({
        configurationFile,
        worker,
        yieldToOthers,
        environment: process.env,
        warn: message =>
          stderr.write(json ? `${JSON.stringify({ warning: message })}\n` : `${plainText(message)}\n`),
      })
      return { agent, notices: openNoticeBoard(agent, store.path), isLeftToOthers, close }
    },
    environment: process.env,
    stdout: outputOf(process.stdout),
    stderr,
    ask: askOnTerminal(process.stdin, process.stderr, interrupted.signal),
    readInput: () => text(process.stdin),
    signal: interrupted.signal,
    clock: Date.now,
  },
  AGENT_VERSION,
)
// Not process.exit: what was written to a pipe must be read first.
process.exitCode = status
// What was interrupted may wait for an answer that never comes.
if (interrupted.signal.aborted) setTimeout(() => process.exit(status), 1000).unref()
