import type { Purpose } from '@odoo-backup/protocol'
import { type BrokerClient, brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker } from '../fixtures/running-broker.ts'

export interface BoundInstance {
  readonly agent: BrokerClient
  readonly userKey: string
  readonly folder: string
  readonly instanceId: string
  readonly accountId: string
}

/**
 * An instance that an account has approved, as it comes about in life: log in, consent, bring the code. It may do
 * everything, unless purposes are named.
 */
export async function bindInstance(
  broker: RunningBroker,
  user?: { id: string; login: string; password: string },
  purposes?: readonly Purpose[],
): Promise<BoundInstance> {
  const account = user ?? (await newOdooComUser())
  const userKey = newUserKey()
  const agent = brokerClient(broker.url, userKey)
  const { body } = await agent.post('/v1/login-requests')
  const { code } = await approve(new HttpBrowser(), body.authLink, account, purposes)
  const bound = await agent.post('/v1/bind', { code })
  if (bound.status !== 200) throw new Error(`Not bound: ${bound.status} ${JSON.stringify(bound.body)}`)
  const [row] = await broker.query<{ account_id: string }>('SELECT account_id FROM instance WHERE id = $1', [
    bound.body.instanceId,
  ])
  return {
    agent,
    userKey,
    folder: account.id,
    instanceId: bound.body.instanceId,
    accountId: row?.account_id ?? '',
  }
}
