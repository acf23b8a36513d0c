import { createHmac, randomInt } from 'node:crypto'
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OwnGateway, startOwnGateway } from '../fixtures/own-gateway.ts'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { SELECT } from './vending-actions.ts'
import { bindInstance } from './vending-instance.ts'
import { ownerClient, sandbox } from './vending-sandbox.ts'
import { type Keys, sendSigned } from './vending-signed-request.ts'

/**
 * Two actions that the gateway of Ceph 16 bears only one after the other: what it reads the policy of a browser's form
 * with is not safe between threads, and from one moment on calls each malformed; two granted selects at once end it.
 * So they are apart from the matrix of all others, in a gateway that nobody else asks. (A form that a session policy
 * grants is answered 204, and stored nowhere: that version leaves off once it has found the right.)
 */

const owner = ownerClient()
const foreign = `${randomInt(1e12)}9`
const planted = { Bucket: sandbox.bucket, Key: `${foreign}/planted.csv` }
const ITS_BYTES = "another's,bytes\n"
let broker: RunningBroker
let gateway: OwnGateway
beforeAll(async () => {
  broker = await runBroker()
  gateway = await startOwnGateway('s3')
  await owner.send(new PutObjectCommand({ ...planted, Body: ITS_BYTES }))
})
afterAll(async () => {
  owner.destroy()
  await gateway.close()
  await broker.close()
})

/** Names of objects that lie elsewhere than in the folder. */
const elsewhere = (folder: string) => [
  planted.Key,
  `${foreign}/new.csv`,
  `${folder}0/form.csv`,
  folder,
  'form.csv',
  `/${folder}/form.csv`,
  '*/form.csv',
]

/** Sends the form of Amazon's "Browser-based uploads using POST" (signature version 4). */
async function uploadByForm(keys: Keys, key: string): Promise<number> {
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
  form.append('file', new Blob(['written,by,a,form']), 'x.csv')
  const answer = await fetch(`${gateway.url}/${sandbox.bucket}`, { method: 'POST', body: form })
  expect(await answer.text()).not.toContain(foreign)
  return answer.status
}

test.each([
  ['backup', 204],
  ['restore', 403],
  ['rotate', 403],
] as const)(
  "an upload by a browser's form with a credential for %s is answered %i in its own folder, and refused in all others",
  async (purpose, own) => {
    const { agent, folder } = await bindInstance(broker)
    const { body: keys } = await agent.post('/v1/credentials', { purpose })
    expect(await uploadByForm(keys, `${folder}/form.csv`)).toBe(own)
    for (const key of elsewhere(folder)) expect([key, await uploadByForm(keys, key)]).toEqual([key, 403])
    await expectUntouched()
  },
)

test.each([
  ['backup', 403],
  ['restore', 200],
  ['rotate', 403],
] as const)(
  'a select with a credential for %s is answered %i in its own folder, and refused in all others',
  async (purpose, own) => {
    const { agent, folder } = await bindInstance(broker)
    const { body: keys } = await agent.post('/v1/credentials', { purpose })
    const key = `${folder}/select.csv`
    await owner.send(new PutObjectCommand({ Bucket: sandbox.bucket, Key: key, Body: 'our,own,bytes\n' }))
    // What is not there is refused for that alone.
    const neighbours = { Bucket: sandbox.bucket, Key: `${folder}0/form.csv` }
    await owner.send(new PutObjectCommand({ ...neighbours, Body: ITS_BYTES }))
    const select = (name: string) =>
      sendSigned(gateway.url, sandbox.region, keys, { ...SELECT, path: `/${sandbox.bucket}/${name}` })
    const answer = await select(key)
    expect(answer.status).toBe(own)
    expect(answer.text.includes('our,own,bytes')).toBe(own === 200)
    for (const name of elsewhere(folder)) {
      const refused = await select(name)
      expect([name, refused.status]).toEqual([name, 403])
      expect(refused.text).not.toContain(ITS_BYTES.trim())
    }
    await expectUntouched()
  },
)

/** What another account stores is as it was, and nothing lies beside it. */
async function expectUntouched(): Promise<void> {
  const { Body } = await owner.send(new GetObjectCommand(planted))
  expect(await Body?.transformToString()).toBe(ITS_BYTES)
  const { Versions = [] } = await owner.send(
    new ListObjectVersionsCommand({ Bucket: sandbox.bucket, Prefix: `${foreign}/` }),
  )
  expect(Versions.map(({ Key }) => Key)).toEqual([planted.Key])
}
