import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { createHiddenDatabase } from '../cluster/hidden-database.ts'
import { openSnapshot } from '../snapshot/open-snapshot.ts'
import type { RestorableSnapshot, SnapshotFacts } from '../snapshot/snapshot.ts'
import { TestInstance } from '../testing/instance.ts'
import type { DrillOptions, Scratch } from './drill.ts'
import { drillSnapshot, removeScratch } from './drill-snapshot.ts'

interface Taken {
  readonly sql: Buffer
  readonly files: ReadonlyMap<string, Buffer>
  readonly facts: SnapshotFacts
}

let instance: TestInstance
let taken: Taken
const scratches: Scratch[] = []
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
  taken = await take(await instance.createSample())
})
afterAll(() => instance.close())
afterEach(async () => {
  for (const { database } of scratches) expect(await instance.cluster.databaseExists(database)).toBe(false)
})

async function take(database: string): Promise<Taken> {
  const snapshot = await openSnapshot(instance.cluster, database)
  try {
    const sql = await buffer(snapshot.dump())
    const files = new Map<string, Buffer>()
    for await (const file of snapshot.files()) files.set(file.path, await buffer(await file.open()))
    return { sql, files, facts: snapshot.facts() }
  } finally {
    await snapshot.close()
  }
}

function stored({ sql, files }: Pick<Taken, 'sql' | 'files'>): RestorableSnapshot {
  return {
    dump: () => Readable.from([sql], { objectMode: false }),
    async *files() {
      for (const [path, content] of files)
        yield {
          path,
          sizeBytes: content.length,
          open: () => Readable.from(content.length === 0 ? [] : [content], { objectMode: false }),
        }
    },
  }
}

function drill(snapshot: RestorableSnapshot, options: Partial<DrillOptions> = {}) {
  return drillSnapshot(instance.cluster, snapshot, {
    expected: taken.facts,
    note: async scratch => {
      instance.owns(scratch.database)
      scratches.push(scratch)
    },
    ...options,
  })
}

test('a good backup passes, is never seen by Odoo, lets no other role in, and leaves nothing', async () => {
  const lists: string[][] = []
  const admitsOthers: unknown[] = []
  const snapshot = stored(taken)
  const result = await drill({
    dump: () => snapshot.dump(),
    async *files() {
      lists.push(await instance.listedByOdoo())
      const asked = "SELECT has_database_privilege('public', $1, 'CONNECT') AS may"
      admitsOthers.push(...(await instance.rows('postgres', asked, [scratches.at(-1)?.database])))
      yield* snapshot.files()
      lists.push(await instance.listedByOdoo())
    },
  })
  expect(result).toMatchObject({ passed: true, faults: [], users: 2, modules: 3, files: taken.files.size })
  expect(result.tables).toBe(taken.facts.rowCounts.size)
  expect(lists).toHaveLength(2)
  expect(admitsOthers).toEqual([{ may: false }])
  for (const list of lists) for (const { database } of scratches) expect(list).not.toContain(database)
})

test('tables that inherit, as those of Odoo’s actions, are counted as the dump holds them', async () => {
  const name = await instance.createSample()
  await instance.rows(name, 'CREATE TABLE ir_actions (id serial)')
  await instance.rows(name, 'CREATE TABLE ir_act_window () INHERITS (ir_actions)')
  await instance.rows(name, 'INSERT INTO ir_act_window DEFAULT VALUES')
  const inheriting = await take(name)
  expect(inheriting.facts.rowCounts.get('public.ir_actions')).toBe(0)
  const result = await drill(stored(inheriting), { expected: inheriting.facts })
  expect(result).toMatchObject({ passed: true, faults: [] })
})

test('rows, sequences and files that differ from what was counted are faults', async () => {
  const [first, second] = [...taken.files.keys()]
  const files = new Map(taken.files)
  files.delete(`${first}`)
  files.set(`${second}`, Buffer.from('rotten'))
  const result = await drill(stored({ sql: taken.sql, files }), {
    expected: {
      rowCounts: new Map([...taken.facts.rowCounts, ['public.res_users', 3], ['public.gone', 1]]),
      sequences: new Map([['public.res_users_id_seq', '99']]),
    },
  })
  expect(result.passed).toBe(false)
  expect(result.faults).toEqual([
    'The table public.res_users has 2 rows instead of 3.',
    'The table public.gone is missing.',
    'The sequence public.res_users_id_seq stands at 2 instead of 99.',
    `The stored file ${second} does not hold what its name promises.`,
    `The stored file ${first} is named by the database and missing.`,
  ])
})

test('files that were missing already at the backup are warned of and no fault', async () => {
  const [first] = [...taken.files.keys()]
  const files = new Map(taken.files)
  files.delete(`${first}`)
  const result = await drill(stored({ sql: taken.sql, files }), { expected: { missingFiles: [`${first}`] } })
  expect(result.passed).toBe(true)
  expect(result.warnings).toEqual([{ code: 'files_lacked', named: [first], count: 1 }])
})

test('a dump that is cut is a fault of the backup', async () => {
  const result = await drill(stored({ ...taken, sql: taken.sql.subarray(0, taken.sql.length / 2) }))
  expect(result).toMatchObject({
    passed: false,
    faults: [expect.stringMatching(/not whole|stops in the middle/)],
  })
})

test('what the server does to a drill is no fault of the backup: it may be held again', async () => {
  const copied = taken.sql.indexOf('\n', taken.sql.indexOf('\nCOPY public.res_users') + 1) + 1
  const cancelled: RestorableSnapshot = {
    ...stored(taken),
    dump: () =>
      Readable.from(
        (async function* () {
          yield taken.sql.subarray(0, copied)
          const database = scratches.at(-1)?.database
          const asked = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
                         WHERE datname = $1 AND state = 'active' AND query LIKE 'COPY public.res_users%'`
          while ((await instance.rows('postgres', asked, [database])).length === 0) await delay(20)
          yield taken.sql.subarray(copied)
        })(),
        { objectMode: false },
      ),
  }
  await expect(drill(cancelled)).rejects.toMatchObject({ code: 'statement_ended', retryable: true })
})

test('a failure that says nothing of the backup is thrown', async () => {
  const broken: RestorableSnapshot = {
    ...stored(taken),
    dump: () =>
      new Readable({
        read() {
          this.destroy(new Error('the network broke'))
        },
      }),
  }
  await expect(drill(broken)).rejects.toThrow('the network broke')
  const result = await drill(broken, { faultOf: () => 'the archive is damaged' })
  expect(result).toMatchObject({ passed: false, faults: ['the archive is damaged'] })
})

test('what a drill that was cut off left behind is removed, and nothing else', async () => {
  const database = instance.owns('odoo_backup_drill_0123456789abcdef')
  await createHiddenDatabase(instance.cluster, database)
  await removeScratch(instance.cluster, { database })
  expect(await instance.cluster.databaseExists(database)).toBe(false)
  const other = await instance.createEmpty()
  await removeScratch(instance.cluster, { database: other })
  expect(await instance.cluster.databaseExists(other)).toBe(true)
})
