import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Purpose } from '@odoo-backup/protocol'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { ATTEMPTS, attempt, ROLE } from './vending-climb-attempts.ts'
import { bindInstance } from './vending-instance.ts'
import { sandbox } from './vending-sandbox.ts'
import { type Keys, sendSigned } from './vending-signed-request.ts'

/** A credential tries to become more than it is, at every address that it can reach. */

let broker: RunningBroker
let folder: string
/** One credential for each purpose, and the one of all purposes that the old call gives. */
let credentials: [string, Keys][]
let keys: Keys
beforeAll(async () => {
  broker = await runBroker()
  const instance = await bindInstance(broker)
  folder = instance.folder
  const { body } = await instance.agent.cloudParams(undefined, '1')
  keys = {
    accessKeyId: body['odoo_backup_sh.aws_access_key_id'],
    secretAccessKey: body['odoo_backup_sh.aws_secret_access_key'],
    sessionToken: body['odoo_backup_sh.aws_session_token'],
  }
  credentials = [['all purposes', keys]]
  for (const purpose of Purpose.options)
    credentials.push([purpose, (await instance.agent.post('/v1/credentials', { purpose })).body])
})
afterAll(() => broker.close())

const brokersUser = 'arn:aws:iam:::user/broker'

const GATEWAYS = [
  ['the gateway of agents', sandbox.s3Endpoint],
  ['the gateway of the broker', sandbox.stsEndpoint],
  ['the gateway of short sessions', sandbox.shortStsEndpoint],
] as const

test.each(GATEWAYS)('no vended credential climbs anywhere at %s', async (_name, endpoint) => {
  const climbed: string[] = []
  for (const [purpose, asked] of credentials)
    for (const tried of ATTEMPTS)
      for (const { status, text } of await attempt(endpoint, asked, tried))
        if (![400, 403, 404, 405, 501].includes(status) || /<AccessKeyId>|<SessionToken>/.test(text))
          climbed.push(`${purpose}: ${tried[0]}: ${status} ${text.slice(0, 300)}`)
  expect(climbed).toEqual([])
})

test('what a vended credential writes is shown to nobody without one, whatever it asks for', async () => {
  const everyone = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
  for (const headers of [{ 'x-amz-acl': 'public-read' }, { 'x-amz-grant-read': everyone }]) {
    const path = `/${sandbox.bucket}/${folder}/${Object.keys(headers)[0]}`
    const call = { path, body: 'a backup', headers }
    await sendSigned(sandbox.s3Endpoint, sandbox.region, keys, { method: 'PUT', ...call })
    for (const [, endpoint] of GATEWAYS) {
      const answer = await fetch(`${endpoint}${path}`)
      expect([403, 404]).toContain(answer.status)
      expect(await answer.text()).not.toContain('a backup')
    }
    await sendSigned(sandbox.s3Endpoint, sandbox.region, keys, { method: 'DELETE', path })
  }
})

test('after all attempts the role is as narrow as before', async () => {
  const setup = { accessKeyId: sandbox.setupAccessKeyId, secretAccessKey: sandbox.setupSecretAccessKey }
  const ask = async (parameters: Record<string, string>) =>
    (
      await sendSigned(sandbox.stsEndpoint, sandbox.region, setup, {
        method: 'POST',
        path: '/',
        service: 'iam',
        query: parameters,
      })
    ).text
  expect(await ask({ Action: 'ListRolePolicies', RoleName: ROLE })).not.toContain('climb')
  const trust = decodeURIComponent(await ask({ Action: 'GetRole', RoleName: ROLE })).replaceAll('&quot;', '"')
  expect(trust).toContain(brokersUser)
  expect(trust).toMatch(/"Deny"/)
})
