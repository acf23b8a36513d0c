import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DatabaseName, NewDatabaseName } from '@odoo-backup/protocol'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'

const sandbox = sandboxEnvironment()
/** A backup that a real Odoo 16 made; where it is not at hand, a database of the same shape is used. */
const MADE_BY_ODOO = join(import.meta.dirname, '../../../shared/fixtures/mini16-by-odoo.zip')

const ORIGIN = existsSync(MADE_BY_ODOO) ? 'one that Odoo 16 made' : 'a generated one'

const QUEUES = [
  ['PostgreSQL', 'postgres'],
  ['Redis', sandbox.redisUrl],
] as const
const DESTINATIONS = ['a bucket of one’s own', 'a directory'] as const
const FORMATS = ['zip', 'dump'] as const
const ENCRYPTION = ['plain', 'encrypted'] as const

const bucketless = { s3_bucket_name: '', aws_access_key_id: '', aws_secret_access_key: '', aws_endpoint: '' }

describe.each(QUEUES)('with the queue in %s', (_name, queue) => {
  describe.each(DESTINATIONS)('in %s', destination => {
    let instance: AgentInstance
    let agent: Agent
    let original: string
    let before: { rows: object; files: object }
    let directory: string
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'odoo-backup-store-'))
      instance = await agentInstance({
        queue,
        ...(destination === 'a directory' ? { ...bucketless, directory } : {}),
      })
      agent = (await instance.open()).agent
      if (existsSync(MADE_BY_ODOO)) {
        original = instance.odoo.name()
        const id = await agent.startRestore({
          source: { kind: 'file', path: MADE_BY_ODOO },
          database: NewDatabaseName.parse(original),
          copy: false,
          neutralise: false,
        })
        expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
      } else {
        original = await instance.odoo.createSample()
      }
      before = await instance.fingerprint(original)
    })
    afterAll(async () => {
      await instance.close()
      await rm(directory, { recursive: true })
    })

    describe.each(FORMATS)('as %s', format => {
      test.each(ENCRYPTION)(
        `%s: backup and restore of a database, ${ORIGIN}, give the same`,
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
          const name = NewDatabaseName.parse(instance.odoo.name('_copy'))
          const id = await agent.startRestore({
            source: { kind: 'stored', backup: backup.name },
            database: name,
            copy: false,
            neutralise: false,
          })
          expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
          const after = await instance.fingerprint(name)
          expect(after.rows).toEqual(before.rows)
          expect(after.files).toEqual(format === 'zip' ? before.files : {})
        },
      )
    })
  })
})
