import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { type AgentHttpFixture, agentHttp, signIn } from '../../../../../test/fixtures/agent-http.ts'
import { AgentError } from '../../errors.ts'

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
    expect(text).toContain('2026-01-31 04:00 UTC')
    expect(text).toContain('1.5\u00a0MB')
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
    ['unpaid', { state: 'payment_required', message: 'Not enough credit.' }],
    ['not connected', { state: 'login_required', authLink: 'https://broker.example/login' }],
    ['paid', { state: 'connected', folder: '42' }],
  ] as const)(
    'where the account is %s there is a way back to the database manager',
    async (_, connection) => {
      fixture.agent.connection = connection
      await signIn(fixture)
      expect((await fixture.browser.get(PAGE)).text).toContain('<a href="/web/database/manager">')
    },
  )

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

  test('the name of an archive neither breaks within its moment nor turns what stands around it', async () => {
    fixture.agent.keep('shop.2026-01-31_04-00-00.zip.enc', 'shop')
    fixture.agent.keep('brought along.zip', 'shop')
    await signIn(fixture)
    const { text } = await fixture.browser.get(PAGE).expect(200)
    expect(text).toContain('<bdi>shop.<wbr><span class="whole">2026-01-31_04-00-00</span>.zip.enc</bdi>')
    expect(text).toContain('<bdi>brought along.zip</bdi>')
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
