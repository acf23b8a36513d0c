import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { type AgentHttpFixture, agentHttp, signIn } from '../../../../../test/fixtures/agent-http.ts'
import { AgentError } from '../../errors.ts'
import { asWarning } from '../../wording/warning.ts'
import { mintToken } from '../access/tokens.ts'
import { ENGLISH } from './pages/words-english.ts'

const PAGE = '/web/database/backups'
const RESTORE = '/web/database/restore_via_odoo_backup_sh'
let fixture: AgentHttpFixture
beforeEach(() => {
  fixture = agentHttp()
})

describe('the list of backups', () => {
  test('an anonymous visitor sees the question for the master password and neither list nor log-in link', async () => {
    fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
    const answer = await fixture.browser.get(PAGE).expect(200)
    expect(answer.text).toContain('name="master_pwd"')
    expect(answer.text).not.toContain('shop')
    expect(fixture.agent.redirects).toEqual([])
  })

  test('with the master password it lists backups, with sizes and times, and offers the restore form', async () => {
    fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
    await signIn(fixture)
    const { text } = await fixture.browser.get(PAGE).expect(200)
    expect(text).toContain('shop.2026-01-31_04-00-00.zip')
    expect(text).toContain('2026-01-31 04:00:00 UTC')
    expect(text).toContain('1.5 MB')
    expect(text).toContain('<a href="/odoo_backup_sh/">')
    for (const field of ['master_pwd', 'backup_file_name', 'name', 'copy'])
      expect(text).toContain(`name="${field}"`)
    expect(text).not.toContain('name="encryption_password"')
  })

  test('it needs no script and the answer forbids all from elsewhere', async () => {
    fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
    await signIn(fixture)
    const answer = await fixture.browser.get(PAGE)
    expect(answer.text).not.toMatch(/<script|javascript:|\son\w+=/)
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect(answer.headers['content-security-policy']).not.toContain('unsafe')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['x-frame-options']).toBe('DENY')
  })

  test('an encrypted backup is restored with a password field that hides what is typed', async () => {
    fixture.agent.keep('shop.2026-01-31_04-00-00.zip.enc', 'shop', { encrypted: true })
    await signIn(fixture)
    const { text } = await fixture.browser.get(PAGE)
    expect(text).toMatch(/name="encryption_password" type="password"/)
  })

  test('many backups are shown a page at a time, and any of them can be chosen', async () => {
    for (let day = 10; day < 90; day += 1) fixture.agent.keep(`shop.${day}.zip`, 'shop')
    await signIn(fixture)
    const first = await fixture.browser.get(PAGE)
    expect(first.text).toContain('80 backups')
    expect(first.text).not.toContain('shop.89.zip')
    const second = await fixture.browser.get(`${PAGE}?page=2&backup=shop.89.zip`)
    expect(second.text).toContain('name="backup_file_name" value="shop.89.zip"')
  })

  test('where list_db is off there is the error of the database manager and nothing else', async () => {
    fixture.settings.listDb = false
    const answer = await fixture.browser.get(PAGE).expect(403)
    expect(answer.text).toContain('The database manager has been disabled by the administrator')
    expect(answer.text).not.toContain('master_pwd')
    await fixture.browser.post(RESTORE).type('form').send({ master_pwd: 'master secret' }).expect(403)
  })

  test('where list_db is off the web interface is off too, and the API goes on', async () => {
    const webInterfaceFolder = await mkdtemp(join(tmpdir(), 'web-interface-'))
    await writeFile(join(webInterfaceFolder, 'index.html'), 'the web interface')
    const withInterface = agentHttp({ webInterfaceFolder })
    const ask = (path: string) => withInterface.browser.get(path)
    expect((await ask('/odoo_backup_sh/').expect(200)).text).toBe('the web interface')
    withInterface.settings.listDb = false
    for (const path of ['/odoo_backup_sh/', '/odoo_backup_sh/icon.svg', '/odoo_backup_sh/assets/a.js'])
      expect((await ask(path).expect(403)).text).toContain('disabled by the administrator')
    await ask('/odoo_backup_sh/api/session').expect(401)
    await rm(webInterfaceFolder, { recursive: true })
  })

  test('a server that is not connected leads to the log-in by an escaped link, and back to this very page', async () => {
    fixture.agent.connection = { state: 'login_required', authLink: 'https://broker.example/?a="><script>' }
    await signIn(fixture)
    const { text } = await fixture.browser.get(`${PAGE}?page=2`).set('host', 'shop.example').expect(200)
    expect(text).toContain('href="https://broker.example/?a=&quot;&gt;&lt;script&gt;"')
    expect(fixture.agent.redirects.at(-1)).toBe('http://shop.example/web/database/backups?page=2')
  })

  test('an auth link that is no web address is never made a link', async () => {
    fixture.agent.connection = { state: 'login_required', authLink: 'javascript:alert(1)' }
    await signIn(fixture)
    expect((await fixture.browser.get(PAGE)).text).not.toContain('href="javascript:')
  })

  test('missing credit is told with the link to buy some', async () => {
    const rechargeLink = 'https://broker.example/recharge'
    fixture.agent.connection = { state: 'payment_required', message: 'Not enough <credit>.', rechargeLink }
    await signIn(fixture)
    const { text } = await fixture.browser.get(PAGE).expect(402)
    expect(text).toContain('Not enough &lt;credit&gt;.')
    expect(text).toContain(`href="${rechargeLink}"`)
  })

  test.each([
    ['broker_unreachable', 503],
    ['access_revoked', 403],
    ['storage_refused', 502],
    ['postgres_unreachable', 503],
  ] as const)('when all fails with %s, the page says what to do with status %i', async (code, status) => {
    await signIn(fixture)
    fixture.agent.broken = new AgentError(code, 'Do <this> & that.')
    const answer = await fixture.browser.get(PAGE).expect(status)
    expect(answer.text).toContain('Do &lt;this&gt; &amp; that.')
  })

  test('an unforeseen error is logged and not shown', async () => {
    await signIn(fixture)
    fixture.agent.backups = () => Promise.reject(new Error('secret detail'))
    const answer = await fixture.browser.get(PAGE).expect(500)
    expect(answer.text).not.toContain('secret detail')
    expect(fixture.logged()).toContain('secret detail')
  })

  test('while PostgreSQL is down the page says so and still shows what is stored', async () => {
    fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
    const message = 'PostgreSQL does not answer. Check that it runs.'
    fixture.agent.databases = () => Promise.reject(new AgentError('postgres_unreachable', message))
    await signIn(fixture)
    const { text } = await fixture.browser.get(PAGE).expect(200)
    expect(text).toContain(message)
    expect(text).toContain('shop.2026-01-31_04-00-00.zip')
  })

  test('while one place does not answer the page says which, and shows what lies in the others', async () => {
    fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
    const error = new AgentError('storage_unreachable', 'It does not answer.')
    fixture.agent.unreachable = [
      { place: 'the folder /mnt/nas', at: { kind: 'folder', path: '/mnt/nas' }, error, keeps: () => true },
    ]
    await signIn(fixture)
    const { text } = await fixture.browser.get(PAGE).expect(200)
    expect(text).toContain('What lies in the folder /mnt/nas is not listed. It does not answer.')
    expect(text).toContain('shop.2026-01-31_04-00-00.zip')
  })

  test('archives without .info are shown on request alone, and never to be restored', async () => {
    fixture.agent.keep('shop.half.zip', 'shop', { lone: true })
    await signIn(fixture)
    expect((await fixture.browser.get(PAGE)).text).not.toContain('shop.half.zip')
    const { text } = await fixture.browser.get(`${PAGE}?all=1`).expect(200)
    expect(text).toContain('shop.half.zip')
    expect(text).not.toContain('value="shop.half.zip"')
  })

  test('names that are markup do no harm', async () => {
    const evil = '<img src=x onerror=alert(1)>'
    fixture.agent.keep(`${evil}.zip`, evil)
    fixture.agent.know(evil)
    await signIn(fixture)
    expect((await fixture.browser.get(PAGE)).text).not.toContain('<img')
  })
})

test('the list marks what another server made, and what lacks files', async () => {
  fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop', { foreign: true })
  fixture.agent.missingFiles.set('shop.2026-01-31_04-00-00.zip', 3)
  await signIn(fixture)
  const { text } = await fixture.browser.get(PAGE).expect(200)
  expect(text).toContain('(of another server)')
  expect(text).toContain('3 files were missing')
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

describe('the former path of a download', () => {
  const name = 'shop.2026-01-31_04-00-00.zip'
  const download = (id: string) => fixture.browser.get(`/web/database/backup?backup_id=${id}`)
  beforeEach(() => {
    fixture.agent.keep(name, 'shop')
  })

  test('asks a stranger for the master password and gives nothing', async () => {
    const { text, headers } = await download(name).expect(200)
    expect(text).toContain('name="master_pwd"')
    expect(headers['content-type']).toContain('text/html')
    expect(text).not.toContain(`content of ${name}`)
  })

  test('sends the archive under its name', async () => {
    await signIn(fixture)
    const { headers, body } = await download(name).buffer(true).expect(200)
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['content-disposition']).toBe(`attachment; filename=${name}`)
    expect(String(body)).toBe(`content of ${name}`)
  })

  test('knows none by a number of the former module, and none without a name', async () => {
    await signIn(fixture)
    await download('17').expect(404)
    await fixture.browser.get('/web/database/backup').expect(404)
  })

  test('is for administrators of that database alone', async () => {
    const ask = (role: 'operate' | 'administer', database: string) => {
      const limited = DatabaseName.parse(database)
      const { token, stored } = mintToken(
        { name: `${role}-${database}`, role, database: limited },
        new Date(0),
      )
      fixture.agent.storedTokens.push(stored)
      return fixture
        .script()
        .get(`/web/database/backup?backup_id=${name}`)
        .set('authorization', `Bearer ${token}`)
    }
    await ask('operate', 'shop').expect(403)
    await ask('administer', 'crm').expect(403)
    await ask('administer', 'shop').expect(200)
  })
})

describe('the one-time code', () => {
  const withCode = `${PAGE}?odoo_backup_code=the-one-time-code`

  test('a visitor who was sent for it brings it to the broker and comes to the page without it', async () => {
    await signIn(fixture)
    fixture.agent.connection = { state: 'login_required', authLink: 'https://broker.example/' }
    await fixture.browser.get(PAGE).expect(200)
    const answer = await fixture.browser.get(withCode).expect(303)
    expect(answer.headers.location).toBe(PAGE)
    expect(fixture.agent.codes).toEqual(['the-one-time-code'])
  })

  test('a visitor who was lured by a link with a code is asked first, and another site cannot answer for them', async () => {
    await signIn(fixture)
    const page = await fixture.browser.get(withCode).expect(200)
    expect(page.text).toContain('Go on only if you yourself')
    const bind = () =>
      fixture.browser
        .post('/odoo_backup_sh/bind')
        .type('form')
        .send({ odoo_backup_code: 'the-one-time-code' })
    await bind().set('sec-fetch-site', 'cross-site').expect(403)
    expect(fixture.agent.codes).toEqual([])
    await bind().expect(303)
    expect(fixture.agent.codes).toEqual(['the-one-time-code'])
  })

  test('an anonymous visitor binds nothing; the code waits for the master password', async () => {
    const { text } = await fixture.browser.get(withCode).expect(200)
    expect(fixture.agent.codes).toEqual([])
    expect(text).toContain('name="odoo_backup_code" value="the-one-time-code"')
    const form = { master_pwd: 'wrong', odoo_backup_code: 'the-one-time-code' }
    await fixture.browser.post('/odoo_backup_sh/sign_in').type('form').send(form).expect(403)
    expect(fixture.agent.codes).toEqual([])
    await fixture.browser
      .post('/odoo_backup_sh/sign_in')
      .type('form')
      .send({ ...form, master_pwd: fixture.agent.masterPassword })
      .expect(303)
    expect(fixture.agent.codes).toEqual(['the-one-time-code'])
  })

  test('it is never logged', async () => {
    await signIn(fixture)
    await fixture.browser.get(withCode)
    await fixture.browser
      .post('/odoo_backup_sh/bind')
      .type('form')
      .send({ odoo_backup_code: 'the-one-time-code' })
    expect(fixture.logged()).not.toContain('the-one-time-code')
  })
})

describe('a browser that prefers German', () => {
  const get = (path: string) => fixture.browser.get(path).set('accept-language', 'de-AT,de;q=0.9,en;q=0.5')

  test('reads every page in German, and what only the agent says is marked as English', async () => {
    expect((await get(PAGE).expect(200)).text).toMatch(/<html lang="de">[\s\S]*Sicherungen zeigen/)
    fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop', { encrypted: true, pinned: true })
    fixture.agent.know('shop')
    await signIn(fixture)
    fixture.agent.outcome = undefined
    const id = await fixture.agent.startBackup({ database: DatabaseName.parse('shop') })
    const list = (await get(PAGE).expect(200)).text
    const job = (await get(`${PAGE}/jobs/${id}`).expect(200)).text
    for (const page of [list, job]) {
      const inGerman = page.replace(/<span lang="en">[^<]*<\/span>|<style[\s\S]*?<\/style>/g, '')
      for (const [name, text] of Object.entries(ENGLISH))
        if (typeof text === 'string' && text.length > 6)
          expect([name, inGerman]).toEqual([name, without(text)])
    }
    expect(list).toMatch(/1 Sicherung[\s\S]*\(verschlüsselt\) \(angeheftet\)[\s\S]*Stilllegen/)
    expect(job).toMatch(/Sicherung von shop[\s\S]*Abbrechen/)
    const refused = (await get('/web/database/backup?backup_id=none').expect(404)).text
    expect(refused).toMatch(/Das ging nicht[\s\S]*<span lang="en">/)
  })

  test('and one that prefers neither reads English', async () => {
    const { text } = await fixture.browser.get(PAGE).set('accept-language', 'fr').expect(200)
    expect(text).toMatch(/<html lang="en">[\s\S]*Show the backups/)
  })
})

const without = (text: string): unknown => expect.not.stringContaining(text)

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
    expect(page.text).toContain('1.0 MB, 40 %')
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
    expect(answer.text).not.toContain('hunter2hunter2')
    expect(answer.text).not.toContain('master secret')
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

describe('forms of a signed-in visitor', () => {
  test('are refused from another site, and without their token where the browser hides where it comes from', async () => {
    fixture.agent.know('shop')
    await signIn(fixture)
    const start = () => fixture.browser.post('/web/database/backups/start').type('form')
    await start().set('sec-fetch-site', 'cross-site').send({ database: 'shop' }).expect(403)
    const page = await fixture.browser.get(PAGE)
    const token = /name="csrf_token" value="([^"]+)"/.exec(page.text)?.[1]
    await start()
      .set('sec-fetch-site', '')
      .unset('sec-fetch-site')
      .set('origin', 'null')
      .send({ database: 'shop' })
      .expect(403)
    expect(fixture.agent.jobsMade).toHaveLength(0)
    await start()
      .unset('sec-fetch-site')
      .set('origin', 'null')
      .send({ database: 'shop', csrf_token: token })
      .expect(303)
    expect(fixture.agent.jobsMade).toHaveLength(1)
  })

  test('the session ends by signing out and by time', async () => {
    await signIn(fixture)
    fixture.now += 31 * 60_000
    expect((await fixture.browser.get(PAGE)).text).toContain('Show the backups')
    await signIn(fixture)
    await fixture.browser.post('/odoo_backup_sh/sign_out').type('form').send({}).expect(303)
    expect((await fixture.browser.get(PAGE)).text).toContain('Show the backups')
  })

  test('the cookie is out of reach of scripts, and secure where the public address is', async () => {
    const sign = () =>
      fixture.browser
        .post('/odoo_backup_sh/sign_in')
        .type('form')
        .send({ master_pwd: fixture.agent.masterPassword })
    const plain = (await sign()).headers['set-cookie']?.[0]
    expect(plain).toMatch(/HttpOnly/)
    expect(plain).toMatch(/SameSite=Lax/)
    expect(plain).not.toMatch(/Secure/)
    Object.assign(fixture.settings, { publicUrl: 'https://shop.example' })
    expect((await sign()).headers['set-cookie']?.[0]).toMatch(/Secure/)
  })
})

describe('proxy headers', () => {
  test('count only with proxy_mode', async () => {
    fixture.agent.connection = { state: 'login_required', authLink: 'https://broker.example/' }
    await signIn(fixture)
    const get = () =>
      fixture.browser
        .get(PAGE)
        .set('x-forwarded-proto', 'https')
        .set('x-forwarded-host', 'evil.example')
        .set('host', 'shop.example')
    await get()
    expect(fixture.agent.redirects.at(-1)).toBe(`http://shop.example${PAGE}`)
    fixture.settings.proxyMode = true
    await get()
    expect(fixture.agent.redirects.at(-1)).toBe(`https://evil.example${PAGE}`)
  })
})

describe('the public address', () => {
  const publicUrl = 'https://shop.example'
  beforeEach(async () => {
    await signIn(fixture)
    // The session began on http, whose cookie the browser goes on sending.
    Object.assign(fixture.settings, { publicUrl })
  })

  test('is where the log-in leads back to, whatever host a request names', async () => {
    fixture.agent.connection = { state: 'login_required', authLink: 'https://broker.example/' }
    await fixture.browser.get(PAGE).set('host', 'evil.example')
    expect(fixture.agent.redirects.at(-1)).toBe(publicUrl + PAGE)
    await fixture.browser.get('/api/connection').query({ redirect: '/odoo_backup_sh/' }).expect(200)
    expect(fixture.agent.redirects.at(-1)).toBe(`${publicUrl}/odoo_backup_sh/`)
  })

  test('is an origin whose forms are ours, and whose addresses a redirect may have', async () => {
    const adopt = (origin: string) =>
      fixture.browser.delete('/api/session').unset('sec-fetch-site').set('origin', origin)
    await adopt('https://evil.example').expect(403)
    const get = (redirect: string) =>
      fixture.browser.get('/odoo_backup_sh/get_s3_credentials').query({ redirect })
    expect((await get(`${publicUrl}/web`)).headers.location).toBe('/web')
    expect((await get('https://evil.example/web')).headers.location).not.toContain('evil')
    await adopt(publicUrl).expect(204)
  })
})

describe('get_s3_credentials', () => {
  const path = '/odoo_backup_sh/get_s3_credentials'
  const go = (redirect: string) => fixture.browser.get(path).query({ redirect })

  test('asks strangers for the master password first', async () => {
    const answer = await go('/web').expect(200)
    expect(answer.text).toContain('name="master_pwd"')
    expect(fixture.agent.redirects).toEqual([])
  })

  test('leads to the log-in, which leads back here, and in the end to where the visitor wanted', async () => {
    await signIn(fixture)
    fixture.agent.connection = { state: 'login_required', authLink: 'https://broker.example/login' }
    expect((await go('/web#menu').expect(302)).headers.location).toBe('https://broker.example/login')
    expect(fixture.agent.redirects.at(-1)).toMatch(/get_s3_credentials\?redirect=%2Fweb%23menu$/)
    fixture.agent.connection = { state: 'connected', folder: '42' }
    expect((await go('/web').expect(302)).headers.location).toBe('/web')
  })

  test.each(['//evil.example', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)'])(
    'is no open redirect: %s leads to the backups',
    async target => {
      await signIn(fixture)
      expect((await go(target).expect(302)).headers.location).toBe(PAGE)
    },
  )
})
