import {
  createLogger,
  createShutdown,
  listen,
  readSettings,
  SettingsError,
  secretsOf,
} from '@odoo-backup/service'
import { createBroker } from './broker.ts'
import { registryOutOfReach } from './registry/database-failure.ts'
import { BrokerSettings } from './settings.ts'

/** Starts the broker with the settings of the environment. */
async function start(): Promise<void> {
  const settings = readSettings(BrokerSettings)
  const log = createLogger({
    name: 'broker',
    level: settings.BROKER_LOG_LEVEL,
    secrets: secretsOf(BrokerSettings),
  })
  if (isOpenToListeners(settings.BROKER_PUBLIC_URL))
    log.warn(
      'BROKER_PUBLIC_URL begins with http: keys and sessions travel unprotected. Put a proxy with TLS before it.',
    )
  const shutdown = createShutdown({ log })
  shutdown.onSignals()
  const broker = await createBroker(settings, {
    log,
    now: () => new Date(),
    random: Math.random,
    fetch: globalThis.fetch,
  })
  shutdown.phase('broker', broker.close)
  try {
    const server = await listen(broker.app, { host: settings.BROKER_HOST, port: settings.BROKER_PORT })
    // A request that waits for the token service to its last second is answered, and not cut.
    shutdown.phase('http', server.close, {
      timeoutSeconds: Math.max(30, settings.BROKER_STS_TIMEOUT_SECONDS + 10),
    })
    await broker.startJobs()
    log.info({ url: server.url, publicUrl: settings.BROKER_PUBLIC_URL }, 'the broker listens')
  } catch (error) {
    // Requests that were taken meanwhile are answered, and not cut.
    await shutdown.run('the start failed')
    throw error
  }
}

/** Whether what is sent can be read on its way: http to anything but this machine. */
function isOpenToListeners(publicUrl: string): boolean {
  const { protocol, hostname } = new URL(publicUrl)
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

const USAGE = `node apps/broker/dist/main.js

The broker: it takes no arguments. Its settings are environment variables, which docs/broker-settings.md lists; the commands of
its operator are another program, npm run broker -- --help.
`

const [argument] = process.argv.slice(2)
if (argument !== undefined) {
  const isHelp = argument === '--help' || argument === '-h'
  ;(isHelp ? process.stdout : process.stderr).write(USAGE)
  process.exit(isHelp ? 0 : 64)
}

try {
  await start()
} catch (error) {
  const text =
    error instanceof SettingsError
      ? `${error.message}\ndocs/broker-settings.md says what each is.`
      : `The broker did not start: ${registryOutOfReach(error) ?? (error instanceof Error ? error.message : String(error))}`
  process.stderr.write(`${text}\n`)
  process.exit(error instanceof SettingsError ? 78 : 1)
}
