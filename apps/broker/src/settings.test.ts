import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { createLogger, secretsOf } from '@odoo-backup/service'
import { BrokerSettings } from './settings.ts'

test('a log made with the settings hides what in them is secret, each by itself', () => {
  const made = Array.from({ length: 6 }, () => randomBytes(32).toString('base64'))
  const [current, former, sealing, client, database, redis] = made
  const lines: string[] = []
  const log = createLogger({
    name: 'broker',
    secrets: secretsOf(BrokerSettings, {
      BROKER_HASHING_KEYS: `k2:${current}, k1:${former}`,
      BROKER_SEALING_KEYS: `k1:${sealing}`,
      BROKER_OAUTH_PROVIDERS: JSON.stringify([{ id: 'north', clientSecret: client }]),
      BROKER_DATABASE_URL: `postgresql://broker:${encodeURIComponent(database ?? '')}@db.example/broker`,
      BROKER_REDIS_URL: `redis://:${encodeURIComponent(redis ?? '')}@cache.example/0`,
    }),
    destination: { write: line => void lines.push(line) },
  })
  for (const secret of made) {
    log.info({ told: `client_secret=${secret}` }, `it was ${secret}`)
    log.error({ err: new Error(`refused: ${encodeURIComponent(secret)}`) })
  }
  expect(lines).toHaveLength(2 * made.length)
  for (const line of lines) expect(line).toContain('[hidden]')
  for (const secret of made)
    for (const text of [secret, encodeURIComponent(secret)])
      expect({ secret, shown: lines.some(line => line.includes(text)) }).toEqual({ secret, shown: false })
})
