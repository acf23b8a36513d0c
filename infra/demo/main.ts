import { sandboxFolder } from '../sandbox/folder.ts'
import { sandboxStatus, startSandbox, stopSandbox } from '../sandbox/sandbox.ts'
import { ensureSystemPackages } from '../sandbox/system-packages.ts'
import { readOptions, USAGE } from './options.ts'
import { play } from './play.ts'
import { clearStage, setStage } from './stage.ts'
import { Telling } from './telling.ts'

/** `npm run demo`: dependencies and build are made by infra/bootstrap before this begins. */
const folder = sandboxFolder()
const telling = new Telling(line => console.log(line))

/** Clearing up after Ctrl-C, which ends this process. */
let ending: Promise<never> | undefined

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') {
    console.log(USAGE)
    return 0
  }
  if ('fault' in options) {
    console.error(`${options.fault}\n\n${USAGE}`)
    return 64
  }
  if (options.stop) {
    const ended = await clearStage(folder)
    console.log(
      ended.length === 0
        ? 'No demo runs.'
        : `Ended: ${ended.join(', ')}. The sandbox goes on: npm run sandbox:stop`,
    )
    return 0
  }
  const sandboxRan = sandboxStatus(folder).some(({ pid }) => pid !== undefined)
  const stopEverything = async () => {
    await clearStage(folder)
    if (!sandboxRan) await stopSandbox(folder)
  }
  const interrupted = (status: number) => () => {
    ending ??= stopEverything().then(() => process.exit(status))
  }
  process.once('SIGINT', interrupted(130)).once('SIGTERM', interrupted(143))
  try {
    await telling.step('Start the sandbox', async () => {
      ensureSystemPackages(['sandbox'], line => telling.say(`  · ${line}`))
      await startSandbox(folder, line => telling.say(`  · ${line}`))
      return { fact: 'PostgreSQL, Redis, Ceph with S3 and STS, a stand-in for odoo.com', result: undefined }
    })
    const stage = await setStage(folder)
    await play(stage, options.from, telling)
    telling.summary()
    if (!options.once)
      telling.say(`
Everything goes on running, but for Odoo itself, which no step needs: "Open the database" finds nobody until you start
one on this data. To restore in the browser: open the agent, sign in, Restore, choose a backup, give the master password.

  agent    ${stage.agentUrl}/    (master password: ${stage.masterPassword})
  backups  ${stage.agentUrl}/web/database/backups
  broker   ${stage.brokerUrl}/account    (log in as administrator@example.com, password sandbox)
  operator ${stage.brokerUrl}/operator   (the same log-in)

The command line of this agent, and the operator's of this broker, from the clone:

  export ODOO_BACKUP_CONFIG=${stage.agentConfiguration}
  npm run -s odoo-backup -- status          (all commands: npm run -s odoo-backup -- --help)
  set -a; . ${stage.brokerSettingsFile}; set +a
  npm run -s broker -- --help

To end it: npm run demo -- --stop, then npm run sandbox:stop`)
    return 0
  } finally {
    if (options.once) await stopEverything()
  }
}

try {
  process.exit(await main())
} catch (error) {
  // Ctrl-C ends the command that runs, too: its failure is none, and must not cut the clearing up short.
  await ending
  console.error(`\n✗ ${error instanceof Error ? error.message : String(error)}`)
  console.error(
    'The demo did not hold. The logs of the services are below .sandbox/demo/log and .sandbox/log.',
  )
  process.exit(1)
}
