import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { DatabaseName, NewDatabaseName } from '@odoo-backup/protocol'
import type { OpenAgentOptions } from '../../apps/agent/src/open-agent.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'

const sandbox = sandboxEnvironment()
const NO_KEYS = { aws_access_key_id: '', aws_secret_access_key: '' }
const profiles = process.env.AWS_SHARED_CREDENTIALS_FILE

let instance: AgentInstance
afterEach(async () => {
  if (profiles === undefined) delete process.env.AWS_SHARED_CREDENTIALS_FILE
  else process.env.AWS_SHARED_CREDENTIALS_FILE = profiles
  await instance.close()
})

/** A backup, and a restore of it that is the same. */
async function expectRoundTrip(options: Partial<OpenAgentOptions> = {}): Promise<void> {
  const { agent } = await instance.open(options)
  const database = DatabaseName.parse(await instance.odoo.createSample())
  const made = await ended(agent, await agent.startBackup({ database }))
  expect(made).toMatchObject({ state: 'completed', attempt: 1 })
  expect((await agent.backups()).map(({ name }) => name)).toEqual([made.backup])
  const copy = NewDatabaseName.parse(instance.odoo.name('_copy'))
  const source = { kind: 'stored' as const, backup: made.backup ?? '' }
  const restored = await ended(
    agent,
    await agent.startRestore({ source, database: copy, copy: false, neutralise: false }),
  )
  expect(restored).toMatchObject({ state: 'completed' })
  expect(await instance.fingerprint(copy)).toEqual(await instance.fingerprint(database))
}

test('the keys of a bucket of one’s own come from a profile of AWS', async () => {
  instance = await agentInstance({ ...NO_KEYS, aws_profile: 'backups' })
  const file = join(instance.folder, 'credentials')
  await writeFile(
    file,
    `[default]
aws_access_key_id = another
aws_secret_access_key = wrong
[backups]
aws_access_key_id = ${sandbox.privateAccessKeyId}
aws_secret_access_key = ${sandbox.privateSecretAccessKey}
`,
    { mode: 0o600 },
  )
  process.env.AWS_SHARED_CREDENTIALS_FILE = file
  await expectRoundTrip()
})

test('the keys of a bucket of one’s own come from the environment', async () => {
  instance = await agentInstance(NO_KEYS)
  await expectRoundTrip({
    environment: {
      PATH: process.env.PATH,
      ODOO_BACKUP_SH_AWS_ACCESS_KEY_ID: sandbox.privateAccessKeyId,
      ODOO_BACKUP_SH_AWS_SECRET_ACCESS_KEY: sandbox.privateSecretAccessKey,
    },
  })
})

test('a server whose odoo.conf hides its databases backs up and restores all the same', async () => {
  instance = await agentInstance()
  await appendFile(join(instance.folder, 'odoo.conf'), 'list_db = False\n')
  await expectRoundTrip()
})
