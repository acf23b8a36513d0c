import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { until } from '../faults/waiting.ts'
import { type BrokerClient, brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser, type Page } from '../fixtures/http-browser.ts'
import { approve, logIn, type OdooComUser, submit } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker()
})
afterAll(() => broker.close())

const PAGE = 'https://odoo.customer.example/web/database/backups'

/** For what sets the clock forward: the token service goes by the true one, and other tests by this broker's. */
async function withOwnClock(work: (own: RunningBroker) => Promise<void>): Promise<void> {
  const own = await runBroker()
  await work(own).finally(() => own.close())
}

/** A browser that is logged in, with one instance bound to its account, and the account page. */
async function accountWithInstance(at = broker): Promise<{
  user: OdooComUser
  browser: HttpBrowser
  agent: BrokerClient
  page: Page
}> {
  const user = await newOdooComUser()
  const agent = brokerClient(at.url, newUserKey())
  const browser = new HttpBrowser()
  const link = (await agent.post('/v1/login-requests', { redirect: PAGE })).body.authLink
  const { code } = await approve(browser, link, user)
  expect((await agent.post('/v1/bind', { code })).status).toBe(200)
  return { user, browser, agent, page: await browser.open(`${at.url}/account`) }
}

function revokeForm(page: Page): string {
  return page.forms.find(({ action }) => action.endsWith('/revoke'))?.action ?? 'none'
}

test('the account page shows who is logged in, the installations and the notices', async () => {
  const { user, page } = await accountWithInstance()
  expect(page.status).toBe(200)
  expect(page.text).toContain(user.login)
  expect(page.text).toContain('https://odoo.customer.example')
  expect(page.text).toContain('An Odoo was approved for your backup account')
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/)
})

test('the page tells its notices in the language of its reader, which is noted for mails', async () => {
  const { user, browser, page } = await accountWithInstance()
  const noted = async () =>
    (
      await broker.query<{ language: string | null }>('SELECT language FROM account WHERE email = $1', [
        user.login,
      ])
    )[0]?.language
  expect(page.text).toContain(
    'An Odoo was approved for your backup account: https://odoo.customer.example (make backups, restore, delete old backups)',
  )
  expect(await noted()).toBe('en')
  await broker.query(
    `INSERT INTO notice (account_id, type, message) SELECT id, 'other', 'Told by an older broker.' FROM account WHERE email = $1`,
    [user.login],
  )
  const { text } = await browser.open(`${broker.url}/account?language=de`)
  expect(text).toContain(
    'Einem Odoo wurde der Zugang zu Ihrem Sicherungskonto erlaubt: https://odoo.customer.example (sichern, wiederherstellen, alte Sicherungen löschen)',
  )
  expect(text).not.toContain('An Odoo was approved')
  // Whoever reads it is where it would lead to.
  expect(text).toContain('Wenn Sie das nicht waren, widerrufen Sie es unter Ihren Installationen.')
  expect(text).not.toContain(`${broker.url}/account`)
  expect(text).toContain('<bdi lang="en">Told by an older broker.</bdi>')
  expect(await noted()).toBe('de')
})

test('of many installations each that is in use can be reached and revoked, page by page', async () => {
  const { user, browser, agent } = await accountWithInstance()
  const first = await broker.query<{ id: string }>(
    `SELECT i.id FROM instance i JOIN account a ON a.id = account_id WHERE a.email = $1`,
    [user.login],
  )
  // All of one moment, so that their order alone keeps any from being left out.
  await broker.query(
    `INSERT INTO instance (id, key_hash, key_id, state, account_id, purposes, approved_at, revoked_at)
     SELECT gen_random_uuid(), sha256((a.id || n::text)::bytea), 'k1', (CASE WHEN n <= 250 THEN 'approved' ELSE 'revoked' END)::instance_state,
            a.id, '{backup}', now() + interval '1 day', CASE WHEN n > 250 THEN now() END
       FROM account a, generate_series(1, 255) n WHERE a.email = $1`,
    [user.login],
  )
  const found: string[] = []
  let page = await browser.open(`${broker.url}/account`)
  expect(page.text.match(/Revoked <time/g)).toHaveLength(5)
  for (let pages = 1; ; pages += 1) {
    const forms = page.forms.map(({ action }) => /^\/account\/instances\/(.+)\/revoke$/.exec(action)?.[1])
    found.push(...forms.filter(id => id !== undefined))
    const more = /href="(\/account\?after=[^"]+)"/.exec(page.text)?.[1]
    if (more === undefined) break
    expect(pages).toBeLessThan(3)
    page = await browser.open(`${broker.url}${more}`)
  }
  expect(found).toHaveLength(251)
  expect(new Set(found).size).toBe(251)
  expect(found.at(-1)).toBe(first[0]?.id)
  await submit(browser, page, `/account/instances/${first[0]?.id}/revoke`)
  expect((await agent.get('/v1/account')).body.code).toBe('revoked')
})

test('a page of installations that begins after one of another account shows none of that account', async () => {
  const [mine, theirs] = [await accountWithInstance(), await accountWithInstance()]
  const id = /instances\/([^/]+)\/revoke/.exec(revokeForm(theirs.page))?.[1]
  for (const after of [id, 'x', `${id}%00`]) {
    const { status, text } = await mine.browser.open(`${broker.url}/account?after=${after}`)
    expect(status).toBe(200)
    expect(text).toContain(revokeForm(mine.page))
    expect(text).not.toContain(id)
  }
})

test('of many notices the page shows the latest, the newest first', async () => {
  const { user, browser } = await accountWithInstance()
  await broker.query(
    `INSERT INTO notice (account_id, type, message, created_at)
     SELECT a.id, 'other', 'notice number ' || n, now() FROM account a, generate_series(1, 120) n WHERE a.email = $1`,
    [user.login],
  )
  const { text } = await browser.open(`${broker.url}/account`)
  const shown = [...text.matchAll(/notice number (\d+)/g)].map(([, number]) => Number(number))
  expect(shown.slice(0, 3)).toEqual([120, 119, 118])
  expect(shown).not.toContain(1)
  const openly = text.slice(0, text.indexOf('<summary>Earlier ones (45)</summary>'))
  expect([...openly.matchAll(/notice number/g)]).toHaveLength(5)
})

test('the page tells when an installation was last seen, and what is stored', () =>
  withOwnClock(async own => {
    const { user, browser, agent } = await accountWithInstance(own)
    expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
    const lastSeen = async () => {
      const { text } = await browser.open(`${own.url}/account`)
      return /Last seen<\/dt><dd><time datetime="([^"]+)"/.exec(text)?.[1] ?? ''
    }
    const before = await lastSeen()
    own.advance(1800)
    expect((await agent.get('/v1/account')).status).toBe(200)
    // Written in groups, each quarter of a minute: one that was begun before tells the former time.
    await until(async () =>
      Date.parse(await lastSeen()) - Date.parse(before) >= 1_800_000 ? true : undefined,
    )
    await own.query(
      `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects, upload_bytes, uploads, sampled_at)
     SELECT id, current_date, 3000000000, 7, 0, 0, 0, 0, now() FROM account WHERE email = $1`,
      [user.login],
    )
    expect((await browser.open(`${own.url}/account`)).text).toMatch(/3\.00\u00a0GB/)
  }))

test('whoever is not logged in is led to log in', async () => {
  const page = await new HttpBrowser().open(`${broker.url}/account`)
  expect(page.forms[0]?.action).toBe('/oauth2/login')
})

test('an instance is told how its account stands, and no other account', async () => {
  const [mine, theirs] = [await accountWithInstance(), await accountWithInstance()]
  for (const { agent, user } of [mine, theirs]) {
    const { status, body } = await agent.get('/v1/account')
    expect(status).toBe(200)
    expect(body.credit).toMatchObject({ kept: expect.any(Number), owed: 0 })
    expect(body.maskedEmail.at(-1)).toBe(user.login.at(-1))
  }
  expect((await brokerClient(broker.url, newUserKey()).get('/v1/account')).status).toBe(401)
})

test('revoking is final: no credentials, no link, at once', async () => {
  const { browser, agent, page } = await accountWithInstance()
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  const after = await submit(browser, page, revokeForm(page))
  expect(after.text).toContain('Revoked')
  for (const answer of [
    await agent.post('/v1/credentials', { purpose: 'backup' }),
    await agent.post('/v1/login-requests', { redirect: PAGE }),
    await agent.get('/v1/account'),
  ])
    expect(answer).toMatchObject({ status: 403, body: { code: 'revoked' } })
  expect((await agent.cloudParams(PAGE, '1')).body.insufficient_credit_error).toContain('revoked for good')
})

test('a code of an approval is worth nothing once the instance is revoked', async () => {
  const { user, browser, agent, page } = await accountWithInstance()
  const link = (await agent.post('/v1/login-requests', {})).body.authLink
  const { code } = await approve(browser, link, user)
  await submit(browser, page, revokeForm(page))
  expect(await agent.post('/v1/bind', { code })).toMatchObject({ status: 403 })
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).body.code).toBe('revoked')
})

test('an approval that is not completed is shown, and can be taken back', async () => {
  const { user, browser } = await accountWithInstance()
  const stranger = brokerClient(broker.url, newUserKey())
  const redirect = 'https://odoo.stranger.example/'
  const { code } = await approve(
    browser,
    (await stranger.post('/v1/login-requests', { redirect })).body.authLink,
    user,
  )
  const page = await browser.open(`${broker.url}/account`)
  expect(page.text).toContain('<li><bdi>https://odoo.stranger.example</bdi>, until')
  const after = await submit(browser, page, '/account/approvals/withdraw')
  expect(after.text).not.toContain('<li><bdi>https://odoo.stranger.example</bdi>, until')
  expect((await stranger.post('/v1/bind', { code })).body.code).toBe('code_refused')
})

test('name and purposes are changed on the page, and count at once', async () => {
  const { browser, agent, page } = await accountWithInstance()
  const form = page.forms.find(({ action }) => /instances\/[^/]+$/.test(action))?.action ?? 'none'
  const after = await submit(browser, page, form, { name: 'Head office <b>', purposes: ['backup'] })
  expect(after.text).toContain('Head office &lt;b&gt;')
  expect((await agent.post('/v1/credentials', { purpose: 'restore' })).body.code).toBe('purpose_refused')
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
})

test('revoking needs a log-in younger than ten minutes', () =>
  withOwnClock(async own => {
    const { browser, agent, page, user } = await accountWithInstance(own)
    own.advance(601)
    const refused = await submit(browser, page, revokeForm(page))
    expect(refused).toMatchObject({
      status: 403,
      text: expect.stringContaining('href="/login?next=%2Faccount"'),
    })
    expect((await agent.get('/v1/account')).status).toBe(200)
    const again = await logIn(browser, `${own.url}/login`, user)
    await submit(browser, again, revokeForm(again))
    expect((await agent.get('/v1/account')).body.code).toBe('revoked')
  }))

test('a session ends after twelve hours, and gets a new id at each log-in', () =>
  withOwnClock(async own => {
    const { browser, user } = await accountWithInstance(own)
    const before = browser.cookies(own.url).get('odoo_backup_session')
    await logIn(browser, `${own.url}/login`, user)
    const fresh = browser.cookies(own.url).get('odoo_backup_session')
    expect(fresh).not.toBe(before)
    const former = new HttpBrowser()
    former.setCookie(own.url, 'odoo_backup_session', before ?? '')
    expect(new URL((await former.open(`${own.url}/account`)).url).pathname).toBe('/oauth2/auth')
    own.advance(12 * 3600 - 60)
    expect((await browser.open(`${own.url}/account`)).text).toContain(user.login)
    own.advance(120)
    expect(new URL((await browser.open(`${own.url}/account`)).url).pathname).toBe('/oauth2/auth')
  }))

test('an account neither sees nor revokes the installations of another', async () => {
  const [mine, theirs] = [await accountWithInstance(), await accountWithInstance()]
  expect(mine.page.text).not.toContain(revokeForm(theirs.page))
  const [own] = mine.page.forms.filter(({ action }) => action === '/logout')
  const stolen = {
    ...mine.page,
    forms: [{ ...own, action: revokeForm(theirs.page), method: 'post', fields: own?.fields ?? [] }],
  }
  const answer = await submit(mine.browser, stolen, revokeForm(theirs.page))
  expect(answer.status).toBe(404)
  expect((await theirs.agent.get('/v1/account')).status).toBe(200)
})

test('cookies are HttpOnly and SameSite', async () => {
  const page = await fetch(`${broker.url}/login`, { redirect: 'manual' })
  const start = await fetch(new URL(page.headers.get('location') ?? '', broker.url), { redirect: 'manual' })
  expect(start.headers.getSetCookie()[0]).toMatch(
    /^odoo_backup_browser=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax$/,
  )
})

test('one-time recharge links lead to the credit page once, and hold no key', async () => {
  const { agent } = await accountWithInstance()
  const { body } = await agent.post('/v1/recharge-link')
  expect(body.rechargeLink).toMatch(/\/recharge\/[\w-]{32}$/)
  const first = await new HttpBrowser().open(body.rechargeLink)
  expect(first.text).toContain('/iap/1/credit?')
  expect((await new HttpBrowser().open(body.rechargeLink)).status).toBe(410)
  const previewed = (await agent.post('/v1/recharge-link')).body.rechargeLink
  expect((await fetch(previewed, { method: 'HEAD' })).status).toBe(200)
  expect((await new HttpBrowser().open(previewed)).text).toContain('/iap/1/credit?')
  const old = await new HttpBrowser().open(`${broker.url}/open_iap_recharge?user_key=${agent.userKey}`)
  expect(old.text).toContain('Within seconds you will be redirected to the Odoo IAP recharge page')
  expect(first.text + old.text).not.toContain(agent.userKey)
})

test('notices come in the old and the new form, each once by its cursor', async () => {
  const { agent } = await accountWithInstance()
  const all = await agent.get('/v1/notices')
  expect(all.body.notices).toHaveLength(1)
  expect((await agent.get(`/v1/notices?after=${all.body.cursor}`)).body).toEqual({
    cursor: all.body.cursor,
    notices: [],
  })
  const old = await agent.post('/fetch_notifications', {
    params: { user_key: agent.userKey, date_last_request: null },
  })
  expect(old.body.result.notifications).toEqual([
    {
      date_create: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      type: 'other',
      message: expect.any(String),
    },
  ])
  const later = await agent.post('/fetch_notifications', {
    params: { user_key: agent.userKey, date_last_request: old.body.result.date_last_request },
  })
  expect(later.body.result.notifications).toEqual([])
  const nobody = await agent.post('/fetch_notifications', {
    params: { user_key: false, date_last_request: null },
  })
  expect(nobody.body.result.notifications).toEqual([])
})
