import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Purpose } from '@odoo-backup/protocol'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { type BoundInstance, bindInstance } from './vending-instance.ts'
import { tryMatrix } from './vending-matrix.ts'
import { ownerClient, sandbox } from './vending-sandbox.ts'
import type { Keys } from './vending-signed-request.ts'

/** Credentials as agents get them: by the calls of the running broker, from the real token service. */

const owner = ownerClient()
let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker()
})
afterAll(async () => {
  owner.destroy()
  await broker.close()
})

async function vended({ agent }: BoundInstance, purpose: Purpose): Promise<Keys> {
  const { status, body } = await agent.post('/v1/credentials', { purpose })
  expect(status).toBe(200)
  return body
}

async function vendedToOldCall({ agent }: BoundInstance): Promise<Keys> {
  const { body } = await agent.cloudParams(undefined, '1')
  return {
    accessKeyId: body['odoo_backup_sh.aws_access_key_id'],
    secretAccessKey: body['odoo_backup_sh.aws_secret_access_key'],
    sessionToken: body['odoo_backup_sh.aws_session_token'],
  }
}

const store = {
  bucket: sandbox.bucket,
  region: sandbox.region,
  endpoints: [sandbox.s3Endpoint, sandbox.stsEndpoint],
  owner,
}

test.each(['backup', 'restore', 'rotate'] as const)(
  'a credential for %s, of an instance that may do everything, does that in its own folder, and nothing else anywhere',
  async purpose => {
    const instance = await bindInstance(broker)
    const keys = await vended(instance, purpose)
    expect(await tryMatrix(store, { folder: instance.folder, purposes: [purpose], keys })).toEqual([])
  },
)

test.each([[['backup', 'restore', 'rotate']], [['backup', 'rotate']], [['backup']]] satisfies [Purpose[]][])(
  'the credential of the old call does what the instance may, %j, in its own folder, and nothing else anywhere',
  async purposes => {
    const instance = await bindInstance(broker, undefined, purposes)
    const keys = await vendedToOldCall(instance)
    expect(await tryMatrix(store, { folder: instance.folder, purposes, keys })).toEqual([])
  },
)
