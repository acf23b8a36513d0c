import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { TestInstance } from '../testing/instance.ts'
import { OdooCluster } from './cluster.ts'
import { withDatabaseLock } from './database-lock.ts'

let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
})
afterAll(() => instance.close())

/** A promise and what settles it. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { open, opened }
}

test('the lock of a database is held by one at a time; the next waits its turn', async () => {
  const database = instance.name()
  const [begun, release, waits] = [gate(), gate(), gate()]
  const order: string[] = []
  const first = withDatabaseLock(instance.cluster, database, async () => {
    order.push('first begins')
    begun.open()
    await release.opened
    order.push('first ends')
    return 1
  })
  await begun.opened
  const second = withDatabaseLock(instance.cluster, database, async () => order.push('second begins'), {
    onWait: waits.open,
  })
  await waits.opened
  release.open()
  expect(await first).toBe(1)
  await second
  expect(order).toEqual(['first begins', 'first ends', 'second begins'])
})

test('locks of different databases do not meet', async () => {
  const inner = await withDatabaseLock(instance.cluster, 'one', () =>
    withDatabaseLock(instance.cluster, 'two', async () => 'both'),
  )
  expect(inner).toBe('both')
})

test('a lock whose connection breaks stops the work', async () => {
  const applicationName = instance.name()
  const cluster = new OdooCluster(instance.cluster.settings, { applicationName })
  const superuser = await instance.superuser()
  try {
    const work = withDatabaseLock(cluster, instance.name(), async signal => {
      const aborted = new Promise(resolve => signal.addEventListener('abort', resolve))
      await superuser.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
        [applicationName],
      )
      await aborted
      return 'never believed'
    })
    await expect(work).rejects.toMatchObject({ code: 'lock_lost', retryable: true })
  } finally {
    await superuser.end()
  }
})

test('who does not want to wait is refused at once, and the holder keeps the lock', async () => {
  const database = instance.name()
  const held = await withDatabaseLock(instance.cluster, database, async () => {
    const refused = withDatabaseLock(instance.cluster, database, async () => 'never', { ifHeld: 'refuse' })
    await expect(refused).rejects.toMatchObject({ code: 'lock_held', retryable: true })
    return 'whole'
  })
  expect(held).toBe('whole')
})

test('waiting can be given up', async () => {
  const database = instance.name()
  const stop = new AbortController()
  await withDatabaseLock(instance.cluster, database, async () => {
    const waiting = withDatabaseLock(instance.cluster, database, async () => 'never', {
      signal: stop.signal,
      onWait: () => stop.abort(),
    })
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
  })
})

test('an error of the work comes through, and the lock is free again', async () => {
  const database = instance.name()
  const failing = withDatabaseLock(instance.cluster, database, async () => {
    throw new Error('the work failed')
  })
  await expect(failing).rejects.toThrow('the work failed')
  expect(await withDatabaseLock(instance.cluster, database, async () => 'free')).toBe('free')
})
