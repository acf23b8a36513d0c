import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { OdooCluster } from '../cluster/cluster.ts'
import { TestInstance } from '../testing/instance.ts'
import { readFiles } from '../testing/read-files.ts'
import { openSnapshot } from './open-snapshot.ts'
import type { LiveSnapshot } from './snapshot.ts'

let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
})
afterAll(() => instance.close())

test('a table that may not be read any longer when pg_dump comes to lock it is told as that', async () => {
  const name = await instance.createSample()
  const snapshot = await openSnapshot(instance.cluster, name)
  const superuser = await instance.superuser(name)
  try {
    await superuser.query('ALTER TABLE public."odd ""name"" Ж" OWNER TO CURRENT_USER')
    await expect(buffer(snapshot.dump())).rejects.toMatchObject({
      code: 'role_lacks_right',
      retryable: false,
    })
  } finally {
    await superuser.end()
    await snapshot.close()
  }
})

test('a locked table makes the dump give up after its time and say so', async () => {
  const name = await instance.createSample()
  const blocker = await instance.cluster.connect(name)
  await blocker.query('BEGIN; LOCK TABLE res_users IN ACCESS EXCLUSIVE MODE')
  const snapshot = await openSnapshot(instance.cluster, name, { lockWaitSeconds: 1 })
  try {
    await expect(buffer(snapshot.dump())).rejects.toMatchObject({ code: 'database_busy', retryable: true })
  } finally {
    await snapshot.close()
    await blocker.end()
  }
})

test('a change of a table that waits behind a dump as custom format costs the count of rows, and not the backup', async () => {
  const name = await instance.createSample()
  // The last one made is the last one that pg_dump locks.
  await instance.rows(name, 'CREATE TABLE gate ()')
  // So long the count waits; until the gate is opened the dump may wait no longer.
  const snapshot = await openSnapshot(instance.cluster, name, { format: 'custom', lockWaitSeconds: 10 })
  const gate = await instance.cluster.connect(name)
  const change = await instance.cluster.connect(name)
  try {
    await gate.query('BEGIN; LOCK TABLE gate IN ACCESS EXCLUSIVE MODE')
    const dump = buffer(snapshot.dump())
    const waiting = async () =>
      (
        await instance.rows(
          name,
          "SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
          [name],
        )
      ).length
    while ((await waiting()) < 1);
    const changing = change.query('BEGIN; ALTER TABLE res_users ADD COLUMN added_meanwhile integer')
    while ((await waiting()) < 2);
    await gate.query('COMMIT')
    expect((await dump).toString('latin1', 0, 5)).toBe('PGDMP')
    await changing
    const { rowCounts, sequences, warnings } = snapshot.facts()
    expect(rowCounts.size).toBe(0)
    expect(sequences.size).toBeGreaterThan(1)
    expect(warnings).toEqual([
      { code: 'rows_uncounted', words: expect.stringMatching(/^Counting the rows: .*lock/) },
    ])
  } finally {
    await gate.end()
    await change.end()
    await snapshot.close()
  }
})

test('a dump that is cancelled ends pg_dump', async () => {
  const name = await instance.createSample()
  const stop = new AbortController()
  const blocker = await instance.cluster.connect(name)
  await blocker.query('BEGIN; LOCK TABLE res_users IN ACCESS EXCLUSIVE MODE')
  const snapshot = await openSnapshot(instance.cluster, name, { signal: stop.signal })
  try {
    const reading = buffer(snapshot.dump())
    const waiting = async () =>
      (
        await instance.rows(
          name,
          "SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
          [name],
        )
      ).length
    while ((await waiting()) === 0);
    stop.abort()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    while ((await waiting()) > 0);
  } finally {
    await snapshot.close()
    await blocker.end()
  }
})

test.each<[string, string, (snapshot: () => Promise<LiveSnapshot>) => Promise<unknown>]>([
  ['of a snapshot', 'ir_attachment', snapshot => snapshot()],
  [
    'of pg_dump',
    'res_users',
    async snapshot => {
      const { dump, close } = await snapshot().then(opened => ({
        dump: opened.dump(),
        close: () => opened.close(),
      }))
      return buffer(dump).finally(close)
    },
  ],
])(
  'a statement %s that an administrator ends is told as that, and may be tried again',
  async (_of, table, read) => {
    const name = await instance.createSample()
    const administrator = await instance.superuser(name)
    try {
      await administrator.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
      const reading = read(() => openSnapshot(instance.cluster, name))
      const end = () =>
        administrator.query(
          'SELECT pg_cancel_backend(pid) FROM pg_locks WHERE relation = $1::regclass AND NOT granted',
          [table],
        )
      while ((await end()).rowCount === 0);
      await expect(reading).rejects.toMatchObject({
        code: 'statement_ended',
        retryable: true,
        message: expect.stringContaining('an administrator'),
      })
    } finally {
      await administrator.end()
    }
  },
)

test('a snapshot that is cancelled while it waits for a locked table waits no longer, nor does its session', async () => {
  const name = await instance.createSample()
  const stop = new AbortController()
  const blocker = await instance.cluster.connect(name)
  const waiting = async () =>
    (await blocker.query("SELECT FROM pg_locks WHERE relation = 'ir_attachment'::regclass AND NOT granted"))
      .rowCount
  try {
    await blocker.query('BEGIN; LOCK TABLE ir_attachment IN ACCESS EXCLUSIVE MODE')
    const opening = openSnapshot(instance.cluster, name, { lockWaitSeconds: 3600, signal: stop.signal })
    while ((await waiting()) === 0);
    stop.abort(new Error('nobody wants it'))
    await expect(opening).rejects.toThrow('nobody wants it')
    while ((await waiting()) !== 0);
  } finally {
    await blocker.end()
  }
})

test('a snapshot that is cancelled while a disk gives no answer waits no longer', async () => {
  const name = await instance.createSample({ files: 3 })
  const stop = new AbortController()
  const blocker = await instance.cluster.connect(name)
  const pipe = join(instance.dataDir, 'nobody writes')
  execFileSync('mkfifo', [pipe])
  const found = async (sql: string) => ((await blocker.query(sql)).rowCount ?? 0) > 0
  await blocker.query('BEGIN; LOCK TABLE ir_attachment IN ACCESS EXCLUSIVE MODE')
  const opening = openSnapshot(instance.cluster, name, { signal: stop.signal })
  while (!(await found("SELECT FROM pg_locks WHERE relation = 'ir_attachment'::regclass AND NOT granted")));
  // Whoever asks the system for a file waits behind these.
  const held = Array.from({ length: 64 }, () => open(pipe, 'r'))
  try {
    await blocker.query('COMMIT')
    while (
      !(await found(
        `SELECT FROM pg_stat_activity WHERE datname = current_database()
           AND query LIKE 'CLOSE %' AND state = 'idle in transaction'`,
      ))
    );
    stop.abort(new Error('nobody wants it'))
    await expect(opening).rejects.toThrow('nobody wants it')
  } finally {
    const writer = openSync(pipe, constants.O_RDWR)
    for (const file of held) await (await file).close()
    closeSync(writer)
    await blocker.end()
  }
})

test('once the dump is read, nothing of Odoo waits for the backup, however long its files take', async () => {
  const name = await instance.createSample({ files: 3 })
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    // What a module update does; it fails where the snapshot still holds the table. Autovacuum makes way in a second.
    await instance.rows(
      name,
      "SET lock_timeout = '20s'; ALTER TABLE ir_attachment ADD COLUMN added_meanwhile integer; SELECT 1",
    )
    expect((await readFiles(snapshot)).size).toBeGreaterThan(2)
  } finally {
    await snapshot.close()
  }
})

test('a connection that the server ends in the middle of a dump fails it', async () => {
  const name = await instance.createSample({ rows: 200_000 })
  const snapshot = await openSnapshot(instance.cluster, name)
  const superuser = await instance.superuser()
  try {
    const dump = snapshot.dump()
    // Nobody reads the dump yet, so pg_dump stops in the rows of the large table once the pipe is full.
    await once(dump, 'readable')
    const end = () =>
      superuser.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND query LIKE 'COPY%odd%'`,
        [name],
      )
    while ((await end()).rowCount === 0);
    await expect(buffer(dump)).rejects.toMatchObject({
      code: expect.stringMatching(/postgres_unreachable|dump_failed/),
    })
  } finally {
    await superuser.end()
    await snapshot.close()
  }
})

test('a server that is not there is told as such, without the password', async () => {
  const cluster = new OdooCluster({ ...instance.cluster.settings, dbPort: 1, dbPassword: 'canary-secret' })
  const error = await openSnapshot(cluster, 'any').catch(fault => fault)
  expect(error).toMatchObject({ code: 'postgres_unreachable', retryable: true })
  expect(JSON.stringify([error.message, String(error.cause)])).not.toContain('canary-secret')
})
