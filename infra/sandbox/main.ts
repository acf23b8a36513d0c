import { environmentFile } from './environment.ts'
import { sandboxFolder } from './folder.ts'
import { sandboxStatus, startSandbox, stopSandbox } from './sandbox.ts'
import { ensureSystemPackages, PackagesMissing } from './system-packages.ts'

/** `npm run sandbox`, `sandbox:stop` and `sandbox:status`. */

/** Of `npm test`, whose tests in a browser need one. */
const WITH_BROWSER = '--with-browser'
const folder = sandboxFolder()
const say = (line: string) => console.log(line)

async function start(): Promise<number> {
  const began = Date.now()
  ensureSystemPackages(['sandbox'], say)
  if (process.argv.includes(WITH_BROWSER)) tryForBrowser()
  await startSandbox(folder, say)
  say(
    `\nThe sandbox runs (${((Date.now() - began) / 1000).toFixed(1)} s). Where everything is: ${environmentFile(folder)}`,
  )
  return 0
}

/** Only the tests that open pages in it need one: each of them says so where there is none. */
function tryForBrowser(): void {
  try {
    ensureSystemPackages(['browser'], say)
  } catch (error) {
    if (!(error instanceof PackagesMissing)) throw error
    say(`The tests in a browser will fail. ${error.message}`)
  }
}

async function stop(): Promise<number> {
  const ended = await stopSandbox(folder)
  say(
    ended.length === 0
      ? 'The sandbox does not run.'
      : `Ended: ${ended.join(', ')}. The data stays in ${folder}.`,
  )
  return 0
}

/** Exit status 0 if everything runs, 3 if something does not (as systemctl does). */
async function status(): Promise<number> {
  const servers = sandboxStatus(folder)
  for (const { name, pid, log } of servers)
    say(
      `${name.padEnd(20)} ${pid === undefined ? 'does not run'.padEnd(14) : `pid ${pid}`.padEnd(14)} ${log}`,
    )
  return servers.every(server => server.pid !== undefined) ? 0 : 3
}

const commands = new Map([
  ['start', start],
  ['stop', stop],
  ['status', status],
])
const [name = 'start', ...others] = process.argv.slice(2)
const command = commands.get(name)
const stray = others.find(other => !(name === 'start' && other === WITH_BROWSER))
if (command === undefined || stray !== undefined) {
  console.error(`Unknown: ${stray ?? name}. There are: npm run sandbox, sandbox:stop and sandbox:status.`)
  process.exit(64)
}
try {
  process.exit(await command())
} catch (error) {
  console.error(`\nThe sandbox: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
