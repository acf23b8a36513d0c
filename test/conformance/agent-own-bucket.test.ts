import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance } from '../fixtures/agent-instance.ts'
import { noteOutput } from '../fixtures/run-records.ts'

// A bucket of one's own whose description is not in the configuration file, or not all of it.

const sandbox = sandboxEnvironment()
const { privateAccessKeyId: keyId, privateSecretAccessKey: secret } = sandbox
const NOTHING_OF_IT = {
  ...{ s3_bucket_name: '', aws_access_key_id: '', aws_secret_access_key: '' },
  ...{ aws_endpoint: '', aws_region: '', aws_path_style: '' },
}
const ENVIRONMENT = {
  ODOO_BACKUP_SH_S3_BUCKET_NAME: sandbox.privateBucket,
  ODOO_BACKUP_SH_AWS_ENDPOINT: sandbox.s3Endpoint,
  ODOO_BACKUP_SH_AWS_REGION: sandbox.region,
  ODOO_BACKUP_SH_AWS_PATH_STYLE: 'True',
}

let instance: AgentInstance
let database: string
beforeEach(async () => {
  instance = await agentInstance(NOTHING_OF_IT)
  database = await instance.odoo.createSample()
})
afterEach(() => instance.close())

async function run(environment: Record<string, string>, ...args: string[]) {
  const source = ['--conditions=odoo-backup-source', '--import', 'tsx', 'apps/agent/src/cli/main.ts']
  const child = spawn(process.execPath, [...source, ...args, '--json'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH, ODOO_BACKUP_CONFIG: instance.configurationFile, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  noteOutput('a command of the agent', child.stderr)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { last: JSON.parse(stdout.trim().split('\n').at(-1) || 'null'), stderr }
}

async function fileWith(name: string, content: string): Promise<string> {
  const path = join(instance.folder, name)
  await writeFile(path, content, { mode: 0o600 })
  return path
}

/** An AWS profile beside the agent's, in a file of its own. */
const profile = async (name: string, lines: string) => ({
  ODOO_BACKUP_SH_AWS_PROFILE: name,
  AWS_SHARED_CREDENTIALS_FILE: await fileWith('credentials', `[${name}]\n${lines}\n`),
  AWS_CONFIG_FILE: await fileWith('config', ''),
})

test.each<[string, () => Promise<Record<string, string>>]>([
  [
    'the environment',
    async () => ({
      ODOO_BACKUP_SH_AWS_ACCESS_KEY_ID: keyId,
      ODOO_BACKUP_SH_AWS_SECRET_ACCESS_KEY: secret,
    }),
  ],
  [
    'files that the environment names',
    async () => ({
      ODOO_BACKUP_SH_AWS_ACCESS_KEY_ID_FILE: await fileWith('key-id', `${keyId}\n`),
      ODOO_BACKUP_SH_AWS_SECRET_ACCESS_KEY_FILE: await fileWith('secret', `${secret}\n`),
    }),
  ],
  ['a profile', () => profile('backups', `aws_access_key_id = ${keyId}\naws_secret_access_key = ${secret}`)],
  [
    'a profile whose keys a program gives',
    async () => {
      const given = JSON.stringify({ Version: 1, AccessKeyId: keyId, SecretAccessKey: secret })
      return profile('backups', `credential_process = cat ${await fileWith('given', given)}`)
    },
  ],
])('with keys from %s a database is backed up, listed, restored and deleted', async (_from, keys) => {
  const folder = `${instance.prefix}named-by-the-environment`
  const environment = { ...ENVIRONMENT, ODOO_BACKUP_SH_PRIVATE_S3_DIR: folder, ...(await keys()) }
  const { last: made } = await run(environment, 'backup', database)
  expect(made).toMatchObject({ state: 'completed' })
  const stored: string[] = []
  for await (const { key } of instance.storage.list(instance.prefix)) stored.push(key)
  expect(stored).toContain(`${folder}/${made.backup}`)
  expect((await run(environment, 'list')).last).toMatchObject([{ name: made.backup }])
  const name = instance.odoo.name('_back')
  const restored = await run(environment, 'restore', made.backup, '--as', name, '--moved')
  expect(restored.last).toMatchObject({ state: 'completed' })
  expect(await instance.fingerprint(name)).toEqual(await instance.fingerprint(database))
  expect((await run(environment, 'delete', made.backup, '--yes')).last).toMatchObject({ state: 'completed' })
  expect((await run(environment, 'list')).last).toEqual([])
})

test('a profile that is not there is told with its name and where it is looked for', async () => {
  const given = await profile('backups', `aws_access_key_id = ${keyId}\naws_secret_access_key = ${secret}`)
  const { stderr } = await run({ ...ENVIRONMENT, ...given, ODOO_BACKUP_SH_AWS_PROFILE: 'backpus' }, 'list')
  expect(JSON.parse(stderr)).toEqual({
    code: 'configuration_invalid',
    message: expect.stringMatching(/AWS profile backpus .*odoo_backup_sh_aws_profile.*\.aws\/credentials/),
    exitCode: 78,
  })
})
