import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { type AgentHttpFixture, agentHttp, signIn } from '../../../../../test/fixtures/agent-http.ts'
import { AgentError } from '../../errors.ts'
import { asWarning } from '../../wording/warning.ts'

const PAGE = '/web/database/backups'
const RESTORE = '/web/database/restore_via_odoo_backup_sh'
let fixture: AgentHttpFixture
beforeEach(() => {
  fixture = agentHttp()
})

describe('what the form to restore proposes', () => {
  const OWN = 'shop.2026-01-31_04-00-00.zip'
  const FOREIGN = 'prod.2026-01-31_05-00-00.zip'
  const FORMER = 'old.2024-01-31_04-00-00.zip'
  beforeEach(() => {
    // The newest first, as they are listed.
    fixture.agent.keep(FOREIGN, 'prod', { foreign: true })
    fixture.agent.keep(OWN, 'shop')
    fixture.agent.keep(FORMER, 'old', { unclaimed: true })
  })

  async function proposed(query: string) {
    const { text } = await fixture.browser.get(`${PAGE}${query}`).expect(200)
    const shownIn = (name: string) => new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(text)?.[1]
    return {
      backup: shownIn('backup_file_name'),
      name: shownIn('name'),
      copy: /name="copy" value="(\w+)" checked/.exec(text)?.[1] === 'true',
      neutralise: /name="neutralize_database" value="true" checked/.test(text),
    }
  }

  test.each<[string, string, readonly string[] | undefined, Awaited<ReturnType<typeof proposed>>]>([
    ['an own one whose database is here', OWN, ['shop'], asCopy(OWN, 'shop-restored')],
    ['an own one whose database is gone', OWN, ['other'], asOriginal(OWN, 'shop')],
    ['another server’s beside other databases', FOREIGN, ['shop'], asCopy(FOREIGN, 'prod')],
    ['another server’s beside one of its name', FOREIGN, ['prod'], asCopy(FOREIGN, 'prod-restored')],
    ['another server’s on an empty server', FOREIGN, [], asOriginal(FOREIGN, 'prod')],
    ['the former module’s beside other databases', FORMER, ['shop'], asCopy(FORMER, 'old')],
    ['an own one while PostgreSQL is away', OWN, undefined, asCopy(OWN, 'shop-restored')],
    ['another server’s while PostgreSQL is away', FOREIGN, undefined, asCopy(FOREIGN, 'prod-restored')],
  ])('of %s is what does no harm', async (_, backup, databases, expected) => {
    for (const name of databases ?? []) fixture.agent.know(name)
    const away = new AgentError('postgres_unreachable', 'PostgreSQL does not answer.')
    if (databases === undefined) fixture.agent.databases = () => Promise.reject(away)
    await signIn(fixture)
    expect(await proposed(`?backup=${backup}`)).toEqual(expected)
  })

  test('is the newest of this server’s own backups, where none is asked for', async () => {
    fixture.agent.know('shop')
    await signIn(fixture)
    expect(await proposed('')).toEqual(asCopy(OWN, 'shop-restored'))
  })
})

function asCopy(backup: string, name: string) {
  return { backup, name, copy: true, neutralise: true }
}

function asOriginal(backup: string, name: string) {
  return { backup, name, copy: false, neutralise: false }
}

describe('restoring', () => {
  const form = {
    master_pwd: 'master secret',
    backup_file_name: 'shop.2026-01-31_04-00-00.zip',
    name: 'shop-restored',
    encryption_password: '',
    copy: 'true',
  }
  const post = (fields: Record<string, string>) => fixture.browser.post(RESTORE).type('form').send(fields)

  test('a database is opened in the running Odoo, under the name that the visitor knows the machine by', async () => {
    const odoo = createServer((_request, response) => response.writeHead(200).end()).listen(0, '127.0.0.1')
    await once(odoo, 'listening')
    const { port } = odoo.address() as AddressInfo
    fixture.settings.odooUrl = `http://127.0.0.1:${port}`
    const open = () => fixture.browser.get('/web?db=shop+1').set('host', 'shop.example:8070')
    const answer = await open().expect(302)
    expect(answer.headers.location).toBe(`http://shop.example:${port}/web?db=shop+1`)

    const manager = () => fixture.browser.get('/web/database/manager').expect(200)
    expect((await manager()).headers.refresh).toMatch(/^0; url=http:.*\/web\/database\/manager$/)

    odoo.closeAllConnections()
    await new Promise(resolve => odoo.close(resolve))
    const waiting = await manager()
    expect(waiting.headers.refresh).toBeUndefined()
    expect(waiting.text).toMatch(/Odoo does not answer at .*start Odoo/)
    expect(waiting.text).toContain(`:${port}/web/database/manager">`)
    expect((await open().expect(503)).text).toMatch(/Odoo does not answer at .*start Odoo/)
  })

  test('a restore that ends soon leads to the database manager', async () => {
    fixture.agent.keep(form.backup_file_name, 'shop')
    const answer = await post(form).expect(303)
    expect(answer.headers.location).toBe('/web/database/manager')
    const source = { kind: 'stored', backup: form.backup_file_name }
    expect(fixture.agent.restores).toEqual([
      { request: { source, database: 'shop-restored', copy: true, neutralise: false } },
    ])
  })

  test('a long one leads to the page of its job, which shows how far it is and cancels it', async () => {
    fixture.agent.outcome = { state: 'active', progress: { phase: 'load', doneBytes: 1048576, percent: 40 } }
    const answer = await post(form).expect(303)
    expect(answer.headers.location).toBe('/web/database/backups/jobs/1')
    const page = await fixture.browser.get('/web/database/backups/jobs/1').expect(200)
    expect(page.text).toContain('1.0\u00a0MB, 40\u00a0%')
    expect(page.headers.refresh).toBe('2')
    const token = /name="csrf_token" value="([^"]+)"/.exec(page.text)?.[1]
    await fixture.browser
      .post('/web/database/backups/jobs/1/cancel')
      .type('form')
      .send({ csrf_token: token })
      .expect(303)
    const over = await fixture.browser.get('/web/database/backups/jobs/1')
    expect(over.text).toContain('It was cancelled. What it had begun is taken back.')
    expect(over.headers.refresh).toBeUndefined()
  })

  test('a short one with something to tell leads to the page of its job, which tells it', async () => {
    const always = asWarning({ code: 'not_in_backups' })
    fixture.agent.outcome = { state: 'completed', warnings: [always] }
    expect((await post(form).expect(303)).headers.location).toBe('/web/database/manager')
    fixture.agent.outcome = {
      state: 'completed',
      warnings: [asWarning({ code: 'schedules_off', database: 'shop' }), always],
    }
    const told = await post({ ...form, name: 'shop-again' }).expect(303)
    expect(told.headers.location).toBe('/web/database/backups/jobs/2')
    const page = await fixture.browser.get('/web/database/backups/jobs/2').expect(200)
    expect(page.text).toContain('The backup schedules of shop were switched off.')
    expect(page.text).toContain('href="/web/database/manager"')
    fixture.agent.outcome = {
      state: 'completed',
      neutralised: { modules: [], statements: [], notCovered: [] },
    }
    expect((await post({ ...form, name: 'shop-third' }).expect(303)).headers.location).toBe(
      '/web/database/backups/jobs/3',
    )
  })

  test('the page of a restore that is done tells what neutralising did', async () => {
    fixture.agent.outcome = {
      state: 'completed',
      neutralised: {
        modules: [],
        statements: [{ what: 'webhooks emptied', rows: 3 }],
        notCovered: ['acme_<bank>'],
      },
    }
    await post(form).expect(303)
    const page = await fixture.browser.get('/web/database/backups/jobs/1').expect(200)
    expect(page.text).toContain('webhooks emptied (3)')
    expect(page.text).toContain('acme_&lt;bank&gt;')
  })

  test.each(['true', 'TRUE', '1', 'on', 'yes'])('copy=%s asks for a copy', async copy => {
    await post({ ...form, copy })
    expect(fixture.agent.restores[0]?.request.copy).toBe(true)
  })

  test('without the field copy the database counts as moved, as it did before', async () => {
    const { copy, ...rest } = form
    await post(rest)
    expect(fixture.agent.restores[0]?.request.copy).toBe(copy === undefined)
  })

  test('a wrong master password is refused with 403, shows nothing and starts nothing', async () => {
    fixture.agent.keep(form.backup_file_name, 'shop')
    const answer = await post({ ...form, master_pwd: 'admin' }).expect(403)
    expect(answer.text).toContain('Incorrect master password')
    expect(answer.text).not.toContain(form.backup_file_name)
    expect(fixture.agent.restores).toEqual([])
  })

  test('the master password is asked for even of those who are signed in', async () => {
    await signIn(fixture)
    await post({ ...form, master_pwd: '' }).expect(403)
    expect(fixture.agent.restores).toEqual([])
  })

  test('too many wrong passwords shut the visitor out with 429 and a time to come back', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1)
      await post({ ...form, master_pwd: `guess ${attempt}` }).expect(403)
    const answer = await post(form).expect(429)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(fixture.agent.restores).toEqual([])
  })

  test.each(['../x', 'a', 'shop/..', '-shop', 'shop;drop', 'a'.repeat(64)])(
    'the database name %j is refused with 400 before anything is begun',
    async name => {
      await post({ ...form, name }).expect(400)
      expect(fixture.agent.restores).toEqual([])
    },
  )

  test('a taken name is refused with 409, and the form keeps what was entered but no password', async () => {
    fixture.agent.keep(form.backup_file_name, 'shop')
    fixture.agent.know('shop-restored')
    const answer = await post({ ...form, encryption_password: 'hunter2hunter2' }).expect(409)
    expect(answer.text).toContain('Database restore error: There is a database shop-restored already.')
    expect(answer.text).toContain('value="shop-restored"')
    const places = ['role="alert"', 'id="restore"', '<table'].map(mark => answer.text.indexOf(mark))
    expect(places).toEqual([...places].sort((one, other) => one - other))
    expect(answer.text.match(/id="restore"/g)).toHaveLength(1)
    expect(answer.text).not.toContain('hunter2hunter2')
    expect(answer.text).not.toContain('master secret')
  })

  test('the refused form asks for an encryption password where the backup has one, or is none of those that are listed', async () => {
    fixture.agent.know('shop-restored')
    const asks = async (name: string) =>
      (await post({ ...form, backup_file_name: name }).expect(409)).text.includes(
        'name="encryption_password"',
      )
    const plain = fixture.agent.keep('shop.2026-01-31_05-00-00.zip', 'shop').name
    const encrypted = fixture.agent.keep('shop.2026-01-31_06-00-00.zip.enc', 'shop', { encrypted: true }).name
    expect([await asks(plain), await asks(encrypted), await asks('of-elsewhere')]).toEqual([
      false,
      true,
      true,
    ])
  })

  test('a job that fails is told on the page with the status of its failure', async () => {
    fixture.agent.outcome = {
      state: 'failed',
      failure: { code: 'encryption_password_wrong', message: 'Maybe wrong password?' },
    }
    const answer = await post(form).expect(422)
    expect(answer.text).toContain('Database restore error: Maybe wrong password?')
  })

  test('another site cannot post it, even with the right password', async () => {
    await fixture
      .script()
      .post(RESTORE)
      .set('sec-fetch-site', 'cross-site')
      .type('form')
      .send(form)
      .expect(403)
    await fixture
      .script()
      .post(RESTORE)
      .set('origin', 'https://evil.example')
      .type('form')
      .send(form)
      .expect(403)
    expect(fixture.agent.restores).toEqual([])
  })

  test('a script without cookies posts it as before', async () => {
    await fixture.script().post(RESTORE).type('form').send(form).expect(303)
    expect(fixture.agent.restores).toHaveLength(1)
  })

  test('passwords are never logged', async () => {
    await post({ ...form, encryption_password: 'hunter2hunter2' })
    await post({ ...form, master_pwd: 'wrong-master-guess' })
    for (const secret of ['master secret', 'hunter2hunter2', 'wrong-master-guess'])
      expect(fixture.logged()).not.toContain(secret)
  })
})
