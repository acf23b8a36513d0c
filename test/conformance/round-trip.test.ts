import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DatabaseName, NewDatabaseName } from '@odoo-backup/protocol'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { fingerprintWithoutUs, MADE_BY_ODOO } from '../fixtures/made-by-odoo.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

const sandbox = sandboxEnvironment()

const QUEUES = [
  ['PostgreSQL', 'postgres'],
  ['Redis', sandbox.redisUrl],
] as const
const DESTINATIONS = ['a bucket of one’s own', 'the broker’s bucket', 'a directory'] as const
const FORMATS = ['zip', 'dump'] as const
const ENCRYPTION = ['plain', 'encrypted'] as const
const WHAT =
  MADE_BY_ODOO === undefined ? 'a generated database, as no backup by Odoo is at hand' : 'a backup by Odoo 16'

const bucketless = { s3_bucket_name: '', aws_access_key_id: '', aws_secret_access_key: '', aws_endpoint: '' }

describe.each(QUEUES)(`${WHAT}, with the queue in %s`, (_name, queue) => {
  describe.each(DESTINATIONS)('in %s', destination => {
    let instance: AgentInstance
    let broker: RunningBroker | undefined
    let agent: Agent
    let original: string
    let before: { rows: object; files: object }
    let directory: string
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'odoo-backup-store-'))
      if (destination === 'the broker’s bucket') broker = await runBroker()
      instance = await agentInstance({ queue, ...placeOf(destination, { directory, broker }) })
      agent = (await instance.open()).agent
      if (broker !== undefined) await connect(agent)
      if (MADE_BY_ODOO === undefined) {
        original = await instance.odoo.createSample()
        before = await instance.fingerprint(original)
        return
      }
      original = instance.odoo.name()
      before = await fingerprintWithoutUs(instance.odoo, MADE_BY_ODOO)
      expect(await restore({ kind: 'file', path: MADE_BY_ODOO }, original)).toEqual(before)
    })
    afterAll(async () => {
      await instance.close()
      await broker?.close()
      await rm(directory, { recursive: true })
    })

    async function restore(source: Parameters<Agent['startRestore']>[0]['source'], name: string) {
      const id = await agent.startRestore({
        source,
        database: NewDatabaseName.parse(name),
        copy: false,
        neutralise: false,
      })
      expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
      return instance.fingerprint(name)
    }

    describe.each(FORMATS)('as %s', format => {
      test.each(ENCRYPTION)(
        '%s: restored, backed up and restored again, it is the same',
        async encryption => {
          await agent.changeDatabaseSettings(original, {
            format,
            encrypted: encryption === 'encrypted',
            encryptionPassword: 'Passwörter, kept elsewhere',
            passwordKeptElsewhere: true,
          })
          const made = await ended(agent, await agent.startBackup({ database: DatabaseName.parse(original) }))
          expect(made).toMatchObject({ state: 'completed' })
          const backup = await agent.backup(made.backup ?? '')
          expect(backup).toMatchObject({ format, encrypted: encryption === 'encrypted' })
          const after = await restore({ kind: 'stored', backup: backup.name }, instance.odoo.name('_copy'))
          expect(after.rows).toEqual(before.rows)
          expect(after.files).toEqual(format === 'zip' ? before.files : {})
        },
      )
    })
  })
})

function placeOf(
  destination: (typeof DESTINATIONS)[number],
  given: { readonly directory: string; readonly broker: RunningBroker | undefined },
): Record<string, string> {
  if (destination === 'a directory') return { ...bucketless, directory: given.directory }
  if (given.broker === undefined) return {}
  return { ...bucketless, private_s3_dir: '', broker_url: given.broker.url }
}

/** As an administrator does who copies the code by hand. */
async function connect(agent: Agent): Promise<void> {
  const asked = await agent.connect()
  if (asked.state !== 'login_required') throw new Error('There was nothing to log in for.')
  const { code } = await approve(new HttpBrowser(), asked.authLink, await newOdooComUser())
  expect(await agent.connect(code === undefined ? {} : { code })).toMatchObject({ state: 'connected' })
}
