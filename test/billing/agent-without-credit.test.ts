import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { newUserKey } from '../fixtures/running-broker.ts'
import { openSoldCredit, type SoldCredit, WHY } from '../fixtures/sold-credit.ts'

/** What an agent is told of credit and storage in the calls of today and of the former module. */

let broker: SoldCredit['broker']
let call: SoldCredit['call']
let boundAgent: SoldCredit['boundAgent']
beforeAll(async () => {
  ;({ broker, call, boundAgent } = await openSoldCredit())
})
afterAll(() => broker.close())

/** What the parameters of the former call may do in their folder. */
async function rights(params: Record<string, string>): Promise<{ reads: boolean; writes: boolean }> {
  const client = new S3Client({
    endpoint: sandboxEnvironment().s3Endpoint,
    region: params['odoo_backup_sh.aws_region'] ?? '',
    forcePathStyle: true,
    credentials: {
      accessKeyId: params['odoo_backup_sh.aws_access_key_id'] ?? '',
      secretAccessKey: params['odoo_backup_sh.aws_secret_access_key'] ?? '',
      sessionToken: params['odoo_backup_sh.aws_session_token'] ?? '',
    },
  })
  const Bucket = params['odoo_backup_sh.s3_bucket_name']
  const folder = params['odoo_backup_sh.odoo_oauth_uid']
  const may = (call: Promise<unknown>) =>
    call.then(
      () => true,
      error => {
        if (error instanceof Error && error.name === 'AccessDenied') return false
        throw error
      },
    )
  try {
    return {
      reads: await may(client.send(new ListObjectsV2Command({ Bucket, Prefix: `${folder}/` }))),
      writes: await may(client.send(new PutObjectCommand({ Bucket, Key: `${folder}/new.zip`, Body: 'new' }))),
    }
  } finally {
    client.destroy()
  }
}

test('an account without credit is refused in both calls, goes on once it has some, and sees it on its page', async () => {
  const { agent, browser, accountId } = await boundAgent()
  const refused = await agent.post('/v1/credentials', { purpose: 'backup' })
  expect(refused).toMatchObject({ status: 402, body: { code: 'payment_required' } })
  expect(refused.body.rechargeLink).toMatch(/\/recharge\/[A-Za-z0-9_-]+$/)
  expect(refused.body.rechargeLink).not.toContain(agent.userKey)
  const buying = await browser.open(refused.body.rechargeLink)
  expect(buying.text).toContain(`https://buy.example/credit?client_reference_id=${accountId}`)
  expect(buying.text).toContain('redirected to the page where credit is bought')
  const old = await agent.cloudParams('https://odoo.customer.example/web/database/backups', '1')
  expect(old.body.insufficient_credit_error).toContain('10 credits are due')
  expect(await rights(old.body)).toEqual({ reads: true, writes: false })
  expect((await agent.get('/v1/notices')).body.notices.map(({ type }: { type: string }) => type)).toContain(
    'insufficient_credits',
  )

  const given = await call('POST', `/accounts/${accountId}/billing/grant`, {
    credits: 25,
    reference: 'first',
    reason: 'a welcome',
  })
  expect(given).toMatchObject({ status: 200, body: { kept: 25, owed: 10, given: true } })
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  expect((await call('GET', `/accounts/${accountId}/billing?${WHY}`)).body).toMatchObject({
    state: 'paid',
    kept: 15,
    owed: 0,
  })
  expect(
    (await agent.get('/v1/notices')).body.notices.map(({ type }: { type: string }) => type),
  ).not.toContain('insufficient_credits')

  const page = await browser.open(`${broker.url}/account`)
  expect(page.text).toContain('Paid: everything works.')
  expect(page.text).toContain('15 credits')
  expect(page.text).toContain('plan standard')
  expect(page.forms.map(({ action }) => action)).toContain('/account/recharge')
  const german = await browser.open(`${broker.url}/account?language=de`)
  expect(german.text).toContain('15 Credits')
  expect(german.text).toContain('<th class="number">Credits</th>')
})

test('above the storage cap both calls say so, and that it is not about credit', async () => {
  const { agent, accountId } = await boundAgent()
  const change = (name: string, body: object) =>
    call('POST', `/accounts/${accountId}/billing/${name}`, { reason: 'a test', ...body })
  await change('plan', { plan: 'large' })
  await change('grant', { credits: 20, reference: 'r' })
  await broker.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at) VALUES ($1, now(), 4000000000, 1, 1000000001, 1, 0, 0, now())`,
    [accountId],
  )
  const backup = await agent.post('/v1/credentials', { purpose: 'backup' })
  expect(backup).toMatchObject({
    status: 403,
    body: { code: 'storage_full', detail: expect.stringContaining('6 GB, more than the 5 GB of your plan') },
  })
  expect(backup.body).not.toHaveProperty('rechargeLink')
  expect((await agent.post('/v1/credentials', { purpose: 'restore' })).status).toBe(200)
  const old = await agent.cloudParams('https://odoo.customer.example/web/database/backups', '1')
  expect(old.body.insufficient_credit_error).toContain('more than the 5 GB')
  expect(await rights(old.body)).toEqual({ reads: true, writes: false })
})

test('an agent reads what its account stores by day, and nobody else’s', async () => {
  const [mine, other] = [await boundAgent(), await boundAgent()]
  for (const [accountId, bytes] of [
    [mine.accountId, 1000],
    [other.accountId, 5],
  ])
    await broker.query(
      `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
         upload_bytes, uploads, sampled_at)
       SELECT $1, d::date, $2, 2, 30, 1, 4, 1, now() FROM generate_series('2026-03-01'::date, '2026-03-03', '1 day') d`,
      [accountId, bytes],
    )
  const { status, body } = await mine.agent.get('/v1/usage?days=2')
  expect(status).toBe(200)
  expect(body.days.map(({ day }: { day: string }) => day)).toEqual(['2026-03-02', '2026-03-03'])
  expect(body.days[0]).toMatchObject({ currentBytes: 1000, oldBytes: 30, oldObjects: 1, uploadBytes: 4 })
  expect((await mine.agent.get('/v1/usage?days=0')).status).toBe(400)
  const stranger = brokerClient(broker.url, newUserKey())
  expect((await stranger.get('/v1/usage')).status).toBe(401)
})
