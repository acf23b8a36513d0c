import { beforeEach, describe, expect, test } from '@jest/globals'
import { DatabaseName, NEUTRALISE_STEPS_IN_GERMAN } from '@odoo-backup/protocol'
import { type AgentHttpFixture, agentHttp, signIn } from '../../../../../test/fixtures/agent-http.ts'
import { asWarning } from '../../wording/warning.ts'
import { ENGLISH } from './pages/words-english.ts'

const PAGE = '/web/database/backups'
let fixture: AgentHttpFixture
beforeEach(() => {
  fixture = agentHttp()
})

const without = (text: string): unknown => expect.not.stringContaining(text)

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
      const inGerman = page.replace(/<(span|small) lang="en">[^<]*<\/\1>|<style[\s\S]*?<\/style>/g, '')
      for (const [name, text] of Object.entries(ENGLISH))
        if (typeof text === 'string' && text.length > 6)
          expect([name, inGerman]).toEqual([name, without(text)])
    }
    expect(list).toMatch(
      /1 Sicherung[\s\S]*\(verschlüsselt\) \(angeheftet\)[\s\S]*1,5\u00a0MB[\s\S]*Stilllegen/,
    )
    expect(job).toMatch(/Sicherung von shop[\s\S]*Abbrechen/)
    const progress = { phase: 'files', doneBytes: 1_500_000, totalBytes: 3_000_000, percent: 50 } as const
    const rest = { filesDone: 7, filesTotal: 20, bytesPerSecond: 500_000, secondsLeft: 3 }
    const running = await fixture.agent.job(id)
    fixture.agent.jobsMade[0] = { ...running, state: 'active', progress: { ...progress, ...rest } }
    expect((await get(`${PAGE}/jobs/${id}`)).text).toContain(
      'Dateien: 1,5\u00a0MB von 3,0\u00a0MB, 50\u00a0%, 7 von 20 Dateien, 500\u00a0kB/s, noch 3\u00a0s',
    )
    const refused = (await get('/web/database/backup?backup_id=none').expect(404)).text
    expect(refused).toMatch(/Diese Sicherung gibt es nicht \(mehr\)\. <small lang="en">/)
    expect(refused).toContain('<a href="/web/database/backups">Zurück zu den Sicherungen</a>')
  })

  test('reads in German of an address that is none, whoever they are, and finds the way back', async () => {
    for (const address of ['/no/such/page', '/jobs', '/start'])
      expect((await get(PAGE + address).expect(404)).text).toMatch(
        /<html lang="de">[\s\S]*Diese Seite gibt es nicht\.[\s\S]*<a href="\/web\/database\/backups">Zurück zu den/,
      )
    const english = await fixture.browser.post(`${PAGE}/elsewhere`).expect(404)
    expect(english.text).toContain(ENGLISH.notThere)
    fixture.settings.listDb = false
    expect((await get(`${PAGE}/elsewhere`)).text).not.toContain('Diese Seite gibt es nicht.')
  })

  test('reads in German that no Odoo answers at its address, and what to do, without the same in English', async () => {
    fixture.settings.odooUrl = 'http://127.0.0.1:9'
    const { text } = await get('/web?db=shop').expect(503)
    expect(text).toMatch(
      /role="alert">Odoo antwortet unter http:\/\/127\.0\.0\.1:9 nicht\.[^<]*Starten Sie Odoo/,
    )
    expect(text).not.toContain('start Odoo')
  })

  describe('is refused in German', () => {
    const post = (path: string, fields: Record<string, string>) =>
      fixture.browser.post(path).set('accept-language', 'de').type('form').send(fields)
    const restore = (fields: Record<string, string>) =>
      post('/web/database/restore_via_odoo_backup_sh', {
        master_pwd: fixture.agent.masterPassword,
        backup_file_name: 'shop.2026-01-31_04-00-00.zip',
        name: 'shop-again',
        ...fields,
      })
    const refusalOf = (text: string) => /role="alert">([\s\S]*?)<\/p>/.exec(text)?.[1]
    beforeEach(() => {
      fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
      fixture.agent.know('shop')
    })

    const WRONG =
      'Das Hauptpasswort ist falsch. Gefragt ist Odoos admin_passwd, nach dem auch die Datenbankverwaltung fragt.'

    test('for a wrong password', async () => {
      const { text } = await post('/odoo_backup_sh/sign_in', { master_pwd: 'wrong' }).expect(403)
      expect(refusalOf(text)).toBe(WRONG)
      const refused = await restore({ master_pwd: 'wrong' }).expect(403)
      expect(refusalOf(refused.text)).toBe(`Es wurde nichts wiederhergestellt. ${WRONG}`)
    })

    test('for a name that is taken, with what the agent says of it', async () => {
      expect(refusalOf((await restore({ name: 'shop' }).expect(409)).text)).toMatch(
        /^Es wurde nichts wiederhergestellt\. Eine Datenbank dieses Namens gibt es schon\. <small lang="en">There is a database shop/,
      )
    })

    test('for a name that cannot be, a backup that is not named and a database that is not chosen', async () => {
      await signIn(fixture)
      expect(refusalOf((await restore({ name: '-shop' }).expect(400)).text)).toBe(
        'Es wurde nichts wiederhergestellt. Dieser Name geht nicht für eine neue Datenbank. Mindestens zwei Buchstaben, Ziffern, Unterstriche, Punkte oder Bindestriche; zuerst ein Buchstabe oder eine Ziffer; höchstens 63 Zeichen.',
      )
      expect(refusalOf((await restore({ backup_file_name: '' }).expect(400)).text)).toBe(
        'Es wurde nichts wiederhergestellt. Nennen Sie die Sicherung, die wiederhergestellt werden soll.',
      )
      expect(refusalOf((await post('/web/database/backups/start', {}).expect(400)).text)).toBe(
        'Wählen Sie die Datenbank, die gesichert werden soll.',
      )
    })

    test('for a field that has no German words, with what the agent says of it', async () => {
      const { text } = await post('/odoo_backup_sh/sign_in', {}).expect(400)
      expect(refusalOf(text)).toBe(
        'So geht es nicht. <small lang="en">The field master_pwd is missing.</small>',
      )
      await signIn(fixture)
      const bound = await post('/odoo_backup_sh/bind', { odoo_backup_code: 'x'.repeat(201) }).expect(400)
      expect(refusalOf(bound.text)).toMatch(/^So geht es nicht\. <small lang="en">[^<]*200/)
    })

    test('for an account that is not paid, without a claim that credit is missing', async () => {
      const message = 'Nobody knows whether you have credit.'
      fixture.agent.connection = { state: 'payment_required', message }
      await signIn(fixture)
      const { text } = await get(PAGE).expect(402)
      expect(text).toContain(`Das Konto ist nicht bezahlt. <small lang="en">${message}</small>`)
      expect(text).not.toContain('reicht nicht')
    })

    test('by a restore that failed, and the page of its job tells in German too what it did', async () => {
      const failure = { code: 'disk_full', message: 'No space is left.' }
      fixture.agent.outcome = { state: 'failed', failure }
      expect(refusalOf((await restore({}).expect(507)).text)).toBe(
        'Es wurde nichts wiederhergestellt. Die Platte ist voll. <small lang="en">No space is left.</small>',
      )
      const words = 'permission denied'
      fixture.agent.outcome = {
        state: 'completed',
        warnings: [
          asWarning({ code: 'extension_lacking', extension: 'unaccent', words }),
          asWarning({ code: 'failed_afterwards', failure }),
        ],
        neutralised: {
          modules: [],
          statements: [
            { step: 'webhooks', what: 'webhooks emptied', rows: 3 },
            { step: 'bank_links', what: 'links to banks cut', rows: 0 },
          ],
          notCovered: [],
        },
      }
      const { location = '' } = (await restore({ name: 'shop-third' }).expect(303)).headers
      const { text } = await get(location).expect(200)
      expect(text).toContain(
        `Die Erweiterung unaccent ließ sich nicht anlegen. <small lang="en">${words}</small>`,
      )
      expect(text).toContain('danach ging noch etwas schief: Die Platte ist voll. <small lang="en">')
      expect(text).toContain('Stillgelegt: Webhooks geleert (3).')
      expect(text).toContain(`Hiervon war nichts zu tun: ${NEUTRALISE_STEPS_IN_GERMAN.bank_links}.`)
    })

    test('and a failure that nobody foresaw is told by its code', async () => {
      await signIn(fixture)
      fixture.agent.databases = () => Promise.reject(new Error('what no page shows'))
      const { text } = await get(PAGE)
      expect(text).toMatch(/Etwas ging schief, das dieses Programm nicht kennt/)
      expect(text).not.toContain('what no page shows')
    })
  })

  test('and one that prefers neither reads English', async () => {
    const { text } = await fixture.browser.get(PAGE).set('accept-language', 'fr').expect(200)
    expect(text).toMatch(/<html lang="en">[\s\S]*Show the backups/)
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
