import { createHmac, randomBytes } from 'node:crypto'
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'
import { ownerClient, sandbox } from './vending-sandbox.ts'
import type { Keys } from './vending-signed-request.ts'

/**
 * The upload by a browser's form, which is a way to write that signs a policy instead of a request. Apart from the
 * matrix of all other actions, and one after the other: what reads the policy in the gateway of Ceph 16 is not safe
 * between threads, and two at once end the gateway.
 */

const owner = ownerClient()
const foreign = `${randomBytes(6).readUIntBE(0, 6)}`
const planted = { Bucket: sandbox.bucket, Key: `${foreign}/planted.zip` }
let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker()
  await owner.send(new PutObjectCommand({ ...planted, Body: "another's bytes" }))
})
afterAll(async () => {
  owner.destroy()
  await broker.close()
})

/** Sends the form of Amazon's "Browser-based uploads using POST" (signature version 4). */
async function upload(endpoint: string, keys: Keys, key: string): Promise<number> {
  const now = new Date()
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/${sandbox.region}/s3/aws4_request`
  const fields = {
    key,
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${keys.accessKeyId}/${scope}`,
    'x-amz-date': time,
    'x-amz-security-token': keys.sessionToken ?? '',
  }
  const policy = Buffer.from(
    JSON.stringify({
      expiration: new Date(now.getTime() + 600_000).toISOString(),
      conditions: [
        { bucket: sandbox.bucket },
        ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
      ],
    }),
  ).toString('base64')
  const signingKey = scope
    .split('/')
    .reduce<string | Buffer>(
      (secret, text) => createHmac('sha256', secret).update(text).digest(),
      `AWS4${keys.secretAccessKey}`,
    )
  const form = new FormData()
  const signature = createHmac('sha256', signingKey).update(policy).digest('hex')
  for (const [name, value] of Object.entries({ ...fields, policy, 'x-amz-signature': signature }))
    form.append(name, value)
  form.append('file', new Blob(['written by a form']), 'x.zip')
  const answer = await fetch(`${endpoint}/${sandbox.bucket}`, { method: 'POST', body: form })
  expect(await answer.text()).not.toContain(foreign)
  return answer.status
}

test.each([
  ['backup', 204],
  ['restore', 403],
  ['rotate', 403],
] as const)(
  'a credential for %s is answered %i in its own folder, and refused in all others',
  async (purpose, own) => {
    const { agent, folder } = await bindInstance(broker)
    const { body: keys } = await agent.post('/v1/credentials', { purpose })
    for (const endpoint of [sandbox.s3Endpoint, sandbox.stsEndpoint]) {
      expect(await upload(endpoint, keys, `${folder}/form.zip`)).toBe(own)
      for (const key of [
        planted.Key,
        `${foreign}/new.zip`,
        `${folder}0/form.zip`,
        folder,
        'form.zip',
        `/${folder}/form.zip`,
        `*/form.zip`,
      ])
        expect([key, await upload(endpoint, keys, key)]).toEqual([key, 403])
    }
    const { Body } = await owner.send(new GetObjectCommand(planted))
    expect(await Body?.transformToString()).toBe("another's bytes")
    const { Versions = [] } = await owner.send(
      new ListObjectVersionsCommand({ Bucket: sandbox.bucket, Prefix: `${foreign}/` }),
    )
    expect(Versions.map(({ Key }) => Key)).toEqual([planted.Key])
  },
)
