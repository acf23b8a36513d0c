import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { openSnapshot } from '../snapshot/open-snapshot.ts'
import type { RestorableSnapshot } from '../snapshot/snapshot.ts'
import { openRestoring, type Restoring } from '../testing/restoring.ts'

let restoring: Restoring
beforeAll(async () => {
  restoring = await openRestoring(sandboxEnvironment())
})
afterAll(() => restoring.close())
afterEach(async () => expect(await restoring.leftovers()).toEqual([]))

test('Odoo sees nothing of a restore before it is whole', async () => {
  const database = restoring.instance.name()
  const lists: string[][] = []
  const look = async () => void lists.push(await restoring.instance.listedByOdoo())
  const before = await restoring.instance.listedByOdoo()
  const snapshot = await openSnapshot(restoring.instance.cluster, restoring.sample)
  try {
    await restoring.restoreSnapshot(
      restoring.instance.cluster,
      {
        dump: () => snapshot.dump(),
        async *files() {
          await look()
          yield* snapshot.files()
          await look()
        },
      },
      {
        database,
        copy: true,
        neutralise: true,
        journal: async ({ step }) => {
          if (step !== 'published') await look()
        },
      },
    )
  } finally {
    await snapshot.close()
  }
  expect(lists).toHaveLength(4)
  for (const list of lists) expect(list).toEqual(before)
  expect(await restoring.instance.listedByOdoo()).toContain(database)
})

test('other roles may connect to a restored database as to any other, and to none that is being restored', async () => {
  const admitsOthers = (name: string) =>
    restoring.instance.rows<{ may: boolean }>(
      'postgres',
      "SELECT has_database_privilege('public', $1, 'CONNECT') AS may",
      [name],
    )
  const rights = async (name: string) =>
    restoring.instance.rows(
      'postgres',
      `SELECT grantee, privilege_type, is_grantable
       FROM pg_database, aclexplode(COALESCE(datacl, acldefault('d', datdba))) WHERE datname = $1 ORDER BY 1, 2`,
      [name],
    )
  const database = restoring.instance.name()
  let hidden = ''
  const whileLoading: unknown[] = []
  const snapshot = await openSnapshot(restoring.instance.cluster, restoring.sample)
  try {
    await restoring.restoreSnapshot(
      restoring.instance.cluster,
      {
        dump: () => snapshot.dump(),
        async *files() {
          whileLoading.push(...(await admitsOthers(hidden)))
          yield* snapshot.files()
        },
      },
      {
        database,
        copy: false,
        neutralise: false,
        journal: async ({ temporaryDatabase = '' }) => {
          hidden = temporaryDatabase
        },
      },
    )
  } finally {
    await snapshot.close()
  }
  expect(whileLoading).toEqual([{ may: false }])
  expect(await admitsOthers(database)).toEqual([{ may: true }])
  expect(await rights(database)).toEqual(await rights(restoring.sample))
})

test.each([
  [
    'neutralised',
    'ALTER TABLE ir_mail_server ADD CHECK (active)',
    { copy: false, neutralise: true },
    /^Neutralising \("outgoing mail servers switched off"\) failed, .*PostgreSQL says: new row/,
  ],
  [
    'made a copy',
    "ALTER TABLE ir_config_parameter ADD CHECK (key <> 'base.login_cooldown_after')",
    { copy: true, neutralise: false },
    /^The restored database could not be made one of its own, .*PostgreSQL says: new row/,
  ],
] as const)(
  'a database that cannot be %s whole is not published, and the error says why',
  async (_what, obstacle, options, message) => {
    const [from, database] = [await restoring.instance.createSample({ files: 1 }), restoring.instance.name()]
    await restoring.instance.rows(from, obstacle)
    await expect(restoring.copySample({ database, ...options }, {}, { from })).rejects.toMatchObject({
      code: 'load_failed',
      message: expect.stringMatching(message),
    })
    expect(await restoring.instance.cluster.databaseExists(database)).toBe(false)
    expect(existsSync(restoring.instance.filestore(database))).toBe(false)
  },
)

test('a restore that is cancelled leaves nothing', async () => {
  const database = restoring.instance.name()
  const stop = new AbortController()
  const endless: RestorableSnapshot = {
    dump: () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('CREATE TABLE public.t (a text);\nCOPY public.t (a) FROM stdin;\n')
          for (let line = 0; ; line++) {
            yield Buffer.from(`${'row '.repeat(1000)}\n`)
            if (line === 100) stop.abort()
          }
        })(),
        { objectMode: false },
      ),
    async *files() {},
  }
  await expect(
    restoring.restoreSnapshot(restoring.instance.cluster, endless, {
      database,
      copy: false,
      neutralise: false,
      signal: stop.signal,
    }),
  ).rejects.toMatchObject({ code: 'cancelled' })
  expect(await restoring.instance.cluster.databaseExists(database)).toBe(false)
})

test('a session that the server ends in the middle of loading fails the restore, worth another try', async () => {
  const database = restoring.instance.name()
  const superuser = await restoring.instance.superuser()
  const cut: RestorableSnapshot = {
    dump: () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('CREATE TABLE public.t (a text);\nCOPY public.t (a) FROM stdin;\n')
          for (let line = 0; ; line++) {
            yield Buffer.from(`${'row '.repeat(1000)}\n`)
            if (line === 500)
              await superuser.query(
                `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = ANY($1) AND pid <> pg_backend_pid() AND query LIKE 'COPY%'`,
                [[...restoring.temporary]],
              )
          }
        })(),
        { objectMode: false },
      ),
    async *files() {},
  }
  try {
    await expect(
      restoring.restoreSnapshot(restoring.instance.cluster, cut, {
        database,
        copy: false,
        neutralise: false,
      }),
    ).rejects.toMatchObject({ code: 'postgres_unreachable', retryable: true })
  } finally {
    await superuser.end()
  }
  expect(await restoring.instance.cluster.databaseExists(database)).toBe(false)
})

test('a disk too small for the files is told before any work', async () => {
  await expect(
    restoring.copySample({
      database: restoring.instance.name(),
      expected: { fileBytes: Number.MAX_SAFE_INTEGER },
    }),
  ).rejects.toMatchObject({ code: 'disk_full' })
})
