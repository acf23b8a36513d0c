import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { accountsStore } from '../fixtures/accounts-store.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, type OdooComUser } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

// The third answer of `GET /get_cloud_params`: a caller that knows nothing else can work with what it says.

const sandbox = sandboxEnvironment()
const PAGE = 'https://odoo.customer.example/web/database/backups'
let broker: RunningBroker
let user: OdooComUser & { readonly id: string }
let params: Record<string, string>

beforeAll(async () => {
  broker = await runBroker()
  user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const first = await agent.cloudParams(PAGE, '1')
  const { leadsTo } = await approve(new HttpBrowser(), first.body.auth_link, user)
  params = (await agent.cloudParams(leadsTo, '1')).body
})
afterAll(async () => {
  await broker.close()
  const owner = accountsStore()
  await owner.delete([`${user.id}/wire`])
  owner.close()
})

test('has the known names of the former module, those of the session beside them, all texts and no other', () => {
  const known = {
    'odoo_backup_sh.s3_bucket_name': sandbox.bucket,
    'odoo_backup_sh.aws_access_key_id': expect.stringMatching(/^\S+$/),
    'odoo_backup_sh.aws_secret_access_key': expect.stringMatching(/^\S+$/),
    'odoo_backup_sh.odoo_oauth_uid': user.id,
    'odoo_backup_sh.aws_session_token': expect.stringMatching(/^\S+$/),
    'odoo_backup_sh.aws_expiration': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
    'odoo_backup_sh.aws_region': sandbox.region,
    'odoo_backup_sh.aws_endpoint': sandbox.s3Endpoint,
    'odoo_backup_sh.aws_path_style': 'True',
  }
  expect(params).toEqual(known)
  expect(Date.parse(params['odoo_backup_sh.aws_expiration'] ?? '')).toBeGreaterThan(Date.now())
})

test('is all that an S3 client needs to store below the folder of the account', async () => {
  const value = (name: string) => params[`odoo_backup_sh.${name}`] ?? ''
  const client = new S3Client({
    endpoint: value('aws_endpoint'),
    region: value('aws_region'),
    forcePathStyle: value('aws_path_style') === 'True',
    credentials: {
      accessKeyId: value('aws_access_key_id'),
      secretAccessKey: value('aws_secret_access_key'),
      sessionToken: value('aws_session_token'),
    },
  })
  const Bucket = value('s3_bucket_name')
  const folder = `${value('odoo_oauth_uid')}/`
  try {
    await client.send(new PutObjectCommand({ Bucket, Key: `${folder}wire`, Body: 'stored' }))
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: folder }))
    expect(Contents.map(({ Key }) => Key)).toEqual([`${folder}wire`])
  } finally {
    client.destroy()
  }
})
