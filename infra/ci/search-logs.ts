import { sandboxEnvironment } from '../sandbox/environment.ts'
import { createSecretSearch } from './find-secrets.ts'
import { RUN_FOLDER, RunFolder } from './run-folder.ts'

/**
 * Searches every log of a test run for every secret that its tests used, and those of the sandbox. Ends with
 * status 1 where one is found, and says in which log and what kind of secret it is, never the secret.
 */
const run = new RunFolder(process.env[RUN_FOLDER] ?? '')
const secrets = run.secrets()
const sandbox = sandboxEnvironment()
for (const secret of [
  sandbox.brokerDatabaseUrl,
  new URL(sandbox.brokerDatabaseUrl).password,
  new URL(sandbox.redisUrl).password,
  sandbox.pgSuperuserPassword,
  sandbox.odooDbPassword,
  sandbox.brokerSecretAccessKey,
  sandbox.ownerSecretAccessKey,
  sandbox.setupSecretAccessKey,
  sandbox.privateSecretAccessKey,
  sandbox.usageSecretAccessKey,
  sandbox.removalSecretAccessKey,
  sandbox.iapServiceKey,
])
  secrets.set(secret, 'a secret of the sandbox')

const find = createSecretSearch(secrets)
for (const { name, bytes } of run.logs()) {
  const kinds = find(bytes)
  if (kinds.size === 0) continue
  console.error(`The log of ${name} holds ${[...kinds].sort().join(', ')}.`)
  process.exitCode = 1
}
