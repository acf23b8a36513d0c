import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Choices } from './choices.ts'
import type { Server } from './processes.ts'

/** What a Redis server is set up by. */
export type RedisChoices = Pick<Choices, 'redisPassword'> & {
  readonly ports: Pick<Choices['ports'], 'redis'>
}

export function redisUrl(choices: RedisChoices): string {
  return `redis://:${choices.redisPassword}@127.0.0.1:${choices.ports.redis}/0`
}

/** Redis with everything on disk, refusing to evict: queues must not lose jobs. */
export function redisServer(folder: string, choices: RedisChoices): Server {
  const data = join(folder, 'redis')
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const configuration = join(data, 'redis.conf')
  const lines = [
    'bind 127.0.0.1',
    `port ${choices.ports.redis}`,
    `requirepass ${choices.redisPassword}`,
    `dir "${data}"`,
    'appendonly yes',
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    'daemonize no',
  ]
  writeFileSync(configuration, `${lines.join('\n')}\n`, { mode: 0o600 })
  return {
    name: 'redis',
    command: 'redis-server',
    args: [configuration],
    stopSignal: 'SIGTERM',
    ready: () => answers(choices),
  }
}

async function answers(choices: RedisChoices): Promise<boolean> {
  const redis = new Redis(redisUrl(choices), { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return (await redis.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    redis.disconnect()
  }
}
