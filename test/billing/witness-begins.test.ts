import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { createRedisWitness } from '../../apps/broker/src/billing/witness/redis-witness.ts'
import { openSharedRedis } from '../../apps/broker/src/redis.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { until } from '../faults/waiting.ts'

test('a Redis that remembers no books yet begins with those that are seen first, and forgets nothing of them', async () => {
  const shared = openSharedRedis(
    sandboxEnvironment().redisUrl,
    `test-${randomUUID().slice(0, 8)}:`,
    () => undefined,
  )
  try {
    await until(async () => (shared.redis.status === 'ready' ? true : undefined))
    const witness = createRedisWitness(shared)
    await witness.saw(new Map([['a cluster:00000001:5:6', 7n]]))
    await witness.saw(new Map([['a cluster:00000001:5:6', 5n]]))
    expect([...(await witness.highest())]).toEqual([['a cluster:00000001:5:6', 7n]])
    await shared.redis.del(`${shared.prefix}books-heights`)
  } finally {
    shared.redis.disconnect()
  }
})
