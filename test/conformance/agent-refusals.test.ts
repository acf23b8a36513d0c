import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type AgentInstance, agentInstance, NO_BUCKET } from '../fixtures/agent-instance.ts'
import { type AgentSurface, agentSurface, everythingOf, wordsOf } from '../fixtures/agent-surface.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

// Each refusal is the same on page, API and command line: a message that says what to do, the right status, and
// nothing is changed.

interface Place {
  readonly instance: AgentInstance
  readonly surface: AgentSurface
  readonly database: string
}

const places: Place[] = []
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const { surface, instance } of places) {
    await surface.close()
    await instance.close()
  }
  for (const close of closing) await close()
})

async function place(options: Record<string, string> = {}, more = ''): Promise<Place> {
  const instance = await agentInstance(options, more)
  const database = await instance.odoo.createSample()
  const surface = await agentSurface(instance, await instance.open())
  const made = { instance, surface, database }
  places.push(made)
  return made
}

/** Without keys of its own the agent asks a broker. */
const byBroker = (url: string) => ({ ...NO_BUCKET, broker_url: url })

/** Runs attempts that must all be refused, and proves that they left everything as it was. */
async function unchanged(instance: AgentInstance, attempts: () => Promise<void>): Promise<void> {
  const before = await everythingOf(instance)
  await attempts()
  expect(await everythingOf(instance)).toEqual(before)
}

describe('an agent whose parts all answer', () => {
  let here: Place
  let backup: string
  beforeAll(async () => {
    here = await place()
    const made = await here.surface.cli('backup', here.database, '--json')
    backup = JSON.parse(made.stdout.trim().split('\n').at(-1) ?? '{}').backup
    expect(made.status).toBe(0)
  })

  test('refuses a wrong master password: page 403, API 403; the command line asks for none', async () => {
    const { surface, instance } = here
    await unchanged(instance, async () => {
      const name = instance.odoo.name('_new')
      const page = await surface.restoreByForm({ backup_file_name: backup, name, master_pwd: 'wrong' })
      expect(page.status).toBe(403)
      expect(page.text).toContain('Incorrect master password')
      expect(page.text).not.toContain(backup)
      const api = await surface.api('POST', '/session', { masterPassword: 'wrong' })
      expect(api).toMatchObject({ status: 403, body: { code: 'wrong_master_password' } })
    })
  })

  test('refuses an unknown backup: page 404, API 404, command line 66', async () => {
    const { surface, instance, database } = here
    const unknown = `${database}.2001-01-01_00-00-00.zip`
    await unchanged(instance, async () => {
      const name = instance.odoo.name('_new')
      const page = await surface.restoreByForm({ backup_file_name: unknown, name })
      expect(page.status).toBe(404)
      expect(page.text).toContain(unknown)
      const api = await surface.api('POST', '/restores', {
        source: { kind: 'stored', backup: unknown },
        database: name,
      })
      expect(api).toMatchObject({ status: 404, body: { code: 'backup_unknown' } })
      const cli = await surface.cli('restore', unknown, '--as', name)
      expect(cli.status).toBe(66)
      expect(cli.stderr).toContain(unknown)
    })
  })

  test('refuses an existing target database: page 409, API 409, command line 73', async () => {
    const { surface, instance, database } = here
    await unchanged(instance, async () => {
      const page = await surface.restoreByForm({ backup_file_name: backup, name: database })
      expect(page.status).toBe(409)
      expect(page.text).toContain(database)
      const api = await surface.api('POST', '/restores', { source: { kind: 'stored', backup }, database })
      expect(api).toMatchObject({ status: 409, body: { code: 'database_exists' } })
      const cli = await surface.cli('restore', backup, '--as', database)
      expect(cli.status).toBe(73)
      expect(cli.stderr).toContain(database)
    })
  })
})

/** The same refusal of whatever needs storage, on all surfaces. */
async function refusesAll(
  here: Place,
  wanted: { status: number; code: string; exit: number },
): Promise<void> {
  const { surface, instance, database } = here
  await unchanged(instance, async () => {
    const page = await surface.page()
    expect(page.status).toBe(wanted.status)
    const list = await surface.api('GET', '/backups')
    expect(list).toMatchObject({ status: wanted.status, body: { code: wanted.code } })
    expect(list.body.detail.length).toBeGreaterThan(20)
    expect(wordsOf(page)).toContain(list.body.detail.split(': ').at(-1))
    const cli = await surface.cli('list', '--json')
    expect(cli.status).toBe(wanted.exit)
    expect(JSON.parse(cli.stderr)).toMatchObject({ code: wanted.code, message: list.body.detail })
    const restore = await surface.restoreByForm({
      backup_file_name: `${database}.2001-01-01_00-00-00.zip`,
      name: instance.odoo.name('_new'),
    })
    expect(restore.status).toBe(wanted.status)
  })
}

test('no broker: page 503, API 503, command line 69', async () => {
  const here = await place(byBroker('http://127.0.0.1:9'))
  await refusesAll(here, { status: 503, code: 'broker_unreachable', exit: 69 })
})

test('S3 refusing: page 502, API 502, command line 77', async () => {
  const here = await place({ aws_secret_access_key: 'not the secret of this key' })
  await refusesAll(here, { status: 502, code: 'storage_refused', exit: 77 })
})

describe('a broker', () => {
  let broker: RunningBroker
  beforeAll(async () => {
    broker = await runBroker()
    closing.push(() => broker.close())
  })

  /** Connected by a log-in, its cached credentials gone: they would be good for an hour more. */
  async function connected(): Promise<Place & { readonly userKey: string }> {
    const here = await place(byBroker(broker.url))
    const needed = await here.surface.cli('login', '--json')
    expect(needed.status).toBe(77)
    const { authLink } = JSON.parse(needed.stderr)
    const { code } = await approve(new HttpBrowser(), authLink, await newOdooComUser())
    const cutOff = await here.surface.cli('login', '--code', (code ?? '').slice(0, 5))
    expect(cutOff).toMatchObject({ status: 77, stderr: expect.stringContaining('copy it whole') })
    expect((await here.surface.cli('login', '--code', code ?? '')).status).toBe(0)
    const { configurationFile } = here.instance
    const text = await readFile(configurationFile, 'utf8')
    await writeFile(configurationFile, text.replaceAll(/^odoo_backup_sh_aws_.*\n/gm, ''))
    const opened = await here.instance.open()
    const surface = await agentSurface(here.instance, opened)
    closing.unshift(() => surface.close())
    return { ...here, surface, userKey: opened.store.current.userKey ?? '' }
  }

  /** Replicas of the broker may remember for a second who an instance is. */
  async function untilRefused(userKey: string): Promise<void> {
    const client = brokerClient(broker.url, userKey)
    for (;;) {
      const { status } = await client.post('/v1/credentials', { purpose: 'backup' })
      if (status === 403) return
      await wait(50)
    }
  }

  test('that refuses since the account is suspended: page 403, API 403, command line 77', async () => {
    const here = await connected()
    await broker.query('UPDATE account SET suspended_at = now()')
    await untilRefused(here.userKey)
    await refusesAll(here, { status: 403, code: 'account_suspended', exit: 77 })
    await broker.query('UPDATE account SET suspended_at = NULL')
  })

  test('that wants to be paid first: page 402 and API 402 with the way to buy credit, command line 77', async () => {
    // Without days to restore in, so that the account may do nothing at all.
    const plan = { name: 'standard', creditsPerMonth: 10, graceDays: 0, restoreDays: 0 }
    const seller = await runBroker({ BROKER_MONTHLY_CREDITS: '10', BROKER_PLANS: JSON.stringify([plan]) })
    closing.push(() => seller.close())
    const here = await place(byBroker(seller.url))
    const { authLink } = JSON.parse((await here.surface.cli('login', '--json')).stderr)
    const { code } = await approve(new HttpBrowser(), authLink, await newOdooComUser())
    expect((await here.surface.cli('login', '--code', code ?? '')).status).toBe(77)
    await unchanged(here.instance, async () => {
      const page = await here.surface.page()
      expect(page.status).toBe(402)
      expect(page.text).toMatch(new RegExp(`href="${seller.url}/recharge/`))
      const api = await here.surface.api('GET', '/backups')
      expect(api).toMatchObject({ status: 402, body: { code: 'payment_required' } })
      expect(api.body.detail).toMatch(/credit/)
      const restore = await here.surface.restoreByForm({
        backup_file_name: `${here.database}.2001-01-01_00-00-00.zip`,
        name: here.instance.odoo.name('_new'),
      })
      expect(restore.status).toBe(402)
      for (const args of [['list'], ['login']]) {
        const cli = await here.surface.cli(...args, '--json')
        expect(cli.status).toBe(77)
        expect(JSON.parse(cli.stderr).code).toBe('payment_required')
        expect(cli.stderr).toMatch(/credit/)
      }
    })
  })

  test('that refuses since the instance was revoked: API 403, command line 77, and the page leads to a new log-in', async () => {
    const here = await connected()
    await broker.query("UPDATE instance SET state = 'revoked'")
    await untilRefused(here.userKey)
    await unchanged(here.instance, async () => {
      const api = await here.surface.api('GET', '/backups')
      expect(api).toMatchObject({ status: 403, body: { code: 'access_revoked' } })
      const cli = await here.surface.cli('list', '--json')
      expect(cli.status).toBe(77)
      expect(JSON.parse(cli.stderr)).toMatchObject({ code: 'access_revoked', message: api.body.detail })
      const page = await here.surface.page()
      expect(page.text).toContain(`href="${broker.url}/`)
      expect(wordsOf(page)).toContain('Log in and approve')
    })
  })
})

test('PostgreSQL down: page 503, API 503, command line 69, and stored backups are still shown', async () => {
  const up = await place()
  expect((await up.surface.cli('backup', up.database)).status).toBe(0)
  const folder = up.instance.prefix.slice(0, -1)
  const here = await place({ private_s3_dir: folder }, 'db_port = 9\n')
  const [backup] = (await here.surface.api('GET', '/backups')).body.items
  expect(backup.database).toBe(up.database)
  const shown = await here.surface.page()
  expect(shown.status).toBe(200)
  expect(shown.text).toContain(backup.name)
  expect(wordsOf(shown)).toContain('PostgreSQL')
  await unchanged(here.instance, async () => {
    const name = here.instance.odoo.name('_new')
    const page = await here.surface.restoreByForm({ backup_file_name: backup.name, name })
    expect(page.status).toBe(503)
    expect(page.text).toContain('PostgreSQL')
    const source = { kind: 'stored', backup: backup.name }
    const answers = [
      await here.surface.api('POST', '/restores', { source, database: name }),
      await here.surface.api('POST', '/backups', { database: here.database }),
      await here.surface.api('GET', '/databases'),
    ]
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      answers.map(() => [503, 'postgres_unreachable']),
    )
    for (const args of [['restore', backup.name, '--as', name], ['backup', here.database], ['databases']]) {
      const cli = await here.surface.cli(...args)
      expect(cli.status).toBe(69)
      expect(cli.stderr).toContain('PostgreSQL')
    }
  })
  await here.surface.monitor.look()
  const notices = (await here.surface.api('GET', '/notices')).body.items
  expect(notices).toMatchObject([{ id: 'postgres_down', severity: 'error' }])
})
