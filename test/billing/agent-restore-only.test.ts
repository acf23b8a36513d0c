import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adminToken } from '../conformance/vending-admin-token.ts'
import { type AgentInstance, agentInstance, NO_BUCKET } from '../fixtures/agent-instance.ts'
import { type AgentSurface, agentSurface, wordsOf } from '../fixtures/agent-surface.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

// What an account that may do less than everything can still do with a real agent: nobody who owes, or stores too
// much, loses the way to what is stored.

const plan = { name: 'standard', creditsPerMonth: 10, graceDays: 0, restoreDays: 30, storageCapGigabytes: 1 }

let broker: RunningBroker
let instance: AgentInstance
let surface: AgentSurface
let database: string
let backup: string
let accountId: string
let userKey: string

beforeAll(async () => {
  broker = await runBroker({
    BROKER_PAYMENT: 'prepaid',
    BROKER_PLANS: JSON.stringify([plan]),
    BROKER_STRIPE_PAYMENT_LINK: 'https://buy.example/credit',
  })
  instance = await agentInstance({ ...NO_BUCKET, broker_url: broker.url })
  database = await instance.odoo.createSample()
  const opened = await instance.open()
  surface = await agentSurface(instance, opened)
  const user = await newOdooComUser()
  const { authLink } = JSON.parse((await surface.cli('login', '--json')).stderr)
  const { code } = await approve(new HttpBrowser(), authLink, user)
  await surface.cli('login', '--code', code ?? '')
  userKey = opened.store.current.userKey ?? ''
  const [account] = await broker.query<{ id: string }>('SELECT id FROM account WHERE folder = $1', [user.id])
  accountId = account?.id ?? ''
  await administer('grant', { credits: 10, reference: 'first-month' })
  const made = await surface.cli('backup', database, '--json')
  expect(made.status).toBe(0)
  backup = JSON.parse(made.stdout.trim().split('\n').at(-1) ?? '{}').backup
})
afterAll(async () => {
  await surface?.close()
  await instance?.close()
  await broker?.close()
})

async function administer(change: 'grant' | 'run', body: object = {}): Promise<void> {
  const answer = await fetch(`${broker.url}/admin/v1/accounts/${accountId}/billing/${change}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await adminToken(broker, 'billing')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ ...body, reason: 'a test' }),
  })
  expect(answer.status).toBe(200)
}

/** What the broker believes of an account holds for half a minute; then it refuses a backup with this. */
async function untilRefused(code: string): Promise<void> {
  const client = brokerClient(broker.url, userKey)
  for (;;) {
    const { body } = await client.post('/v1/credentials', { purpose: 'backup' })
    if (body.code === code) return
    // Asked much more often, the broker would refuse the agent as one that asks too often.
    await wait(500)
  }
}

/** As after an hour: what was given while the account might do everything would be good for so long. */
async function forgetCredentials(): Promise<void> {
  const text = await readFile(instance.configurationFile, 'utf8')
  await writeFile(instance.configurationFile, text.replaceAll(/^odoo_backup_sh_aws_.*\n/gm, ''))
}

async function refusedBackup(code: string): Promise<void> {
  const refused = await surface.cli('backup', database, '--json')
  expect(JSON.parse(refused.stderr.trim().split('\n').at(-1) ?? '{}')).toMatchObject({ code })
}

async function restored(how: (name: string) => Promise<unknown>, name: string): Promise<void> {
  await how(name)
  for await (const job of (await instance.open()).agent.follow((await newestRestore(name)).id))
    if (job.state === 'failed' || job.state === 'cancelled') throw new Error(job.failure?.message)
  const { body } = await surface.api('GET', '/databases')
  expect(body.items.map((found: { name: string }) => found.name)).toContain(name)
}

async function newestRestore(name: string) {
  const { body } = await surface.api('GET', `/jobs?database=${name}`)
  return body.items.find((job: { kind: string }) => job.kind === 'restore')
}

describe('an account that may restore alone, since it owes', () => {
  beforeAll(async () => {
    await broker.query(
      `INSERT INTO charge (account_id, period, reason, amount, wording, due_at, created_at)
       SELECT account_id, number, 'storage', 5000, 'Storage', now() - interval '1 day', now() FROM billing_period`,
    )
    await administer('run')
    await untilRefused('payment_required')
    await forgetCredentials()
  })

  test('takes no backup, and says with the way to buy credit what is due', async () => {
    await refusedBackup('payment_required')
    const { body } = await surface.api('GET', '/connection')
    expect(body).toMatchObject({
      state: 'payment_required',
      mayRestore: true,
      message: expect.stringContaining('can be restored until'),
      rechargeLink: expect.stringContaining(`${broker.url}/recharge/`),
    })
    const login = await surface.cli('login')
    expect(login.status).toBe(77)
    expect(login.stderr).toContain(`Buy credit: ${broker.url}/recharge/`)
  })

  test('lists what is stored, by page, API and command line', async () => {
    const page = await surface.page()
    expect(page.status).toBe(402)
    expect(page.text).toContain(backup)
    expect(wordsOf(page)).toContain('credits are due')
    expect(/href="([^"]*)"[^>]*>Buy credit</.exec(page.text)?.[1]).toContain(`${broker.url}/recharge/`)
    const { body } = await surface.api('GET', '/backups')
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual([backup])
    expect((await surface.cli('list')).stdout).toContain(backup)
  })

  test('asks the broker once for what is refused, however often it lists', async () => {
    const links = () => broker.query<{ n: number }>('SELECT count(*)::int AS n FROM recharge_link')
    await surface.api('GET', '/backups')
    const [before] = await links()
    for (let turn = 0; turn < 3; turn++) await surface.cli('show', backup)
    expect(await links()).toEqual([before])
  })

  test('restores, by command line, API and form', async () => {
    const name = (by: string) => instance.odoo.name(`_${by}`)
    expect((await surface.cli('restore', backup, '--as', name('cli'))).status).toBe(0)
    const source = { kind: 'stored', backup }
    await restored(database => surface.api('POST', '/restores', { source, database }), name('api'))
    await restored(as => surface.restoreByForm({ backup_file_name: backup, name: as }), name('form'))
  })

  test('is told by a notice what is lacking', async () => {
    await surface.monitor.look()
    const standing = (await surface.monitor.list()).filter(({ clearedAt }) => clearedAt === undefined)
    expect(standing.map(({ kind }) => kind)).toContain('credit_running_out')
  })
})

describe('an account above the storage of its plan', () => {
  beforeAll(async () => {
    await administer('grant', { credits: 100, reference: 'what-was-due' })
    await broker.query(
      `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects, upload_bytes,
         uploads, sampled_at) VALUES ($1, now()::date, 2000000000, 1, 0, 0, 0, 0, now())`,
      [accountId],
    )
    await untilRefused('storage_full')
    await forgetCredentials()
  })

  test('takes no backup, but lists, restores, shows what rotation would do, and deletes', async () => {
    await refusedBackup('storage_full')
    const page = await surface.page()
    expect(page.status).toBe(200)
    expect(wordsOf(page)).toContain('Delete backups that you no longer need')
    expect((await surface.cli('rotate', database, '--dry-run')).status).toBe(0)
    expect((await surface.cli('restore', backup, '--as', instance.odoo.name('_full'))).status).toBe(0)
    expect((await surface.cli('delete', backup, '--yes')).status).toBe(0)
    expect((await surface.api('GET', '/backups')).body.items).toEqual([])
  })
})
