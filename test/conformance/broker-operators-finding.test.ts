import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OperatorRole, runBrokerWithOperators } from '../fixtures/broker-operators.ts'
import { HttpBrowser, type Page } from '../fixtures/http-browser.ts'
import { logIn, type OdooComUser } from '../fixtures/log-in.ts'
import type { RunningBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'

/** How operators find accounts, and what happened to them. */

let broker: RunningBroker
let operators: Readonly<Record<OperatorRole, OdooComUser & { id: string }>>
beforeAll(async () => {
  ;({ broker, operators } = await runBrokerWithOperators({ BROKER_PAYMENT: 'prepaid' }))
})
afterAll(() => broker.close())

async function enter(user: OdooComUser): Promise<{ browser: HttpBrowser; page: Page }> {
  const browser = new HttpBrowser({ accept: 'text/html' })
  return { browser, page: await logIn(browser, `${broker.url}/login`, user) }
}

const open = (browser: HttpBrowser, path: string) => browser.open(`${broker.url}${path}`)

test('long lists are read page by page: accounts, audit, instances', async () => {
  await broker.query(
    `INSERT INTO account (id, provider, subject, folder, payment_token, email)
     SELECT gen_random_uuid(), 'odoo', s, s, md5(s), 'many-' || n || '@example.com'
       FROM (SELECT n, (900000000000 + n)::text AS s FROM generate_series(1, 120) n) rows`,
  )
  const { browser } = await enter(operators.viewer)
  const seen = new Set<string>()
  let path: string | undefined = '/operator/accounts?search=many-'
  let pages = 0
  while (path !== undefined) {
    const { text } = await open(browser, path)
    for (const [, email = ''] of text.matchAll(/(many-\d+@example\.com)<\/bdi>/g)) seen.add(email)
    path = /<a class="button plain" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    pages += 1
  }
  expect([seen.size, pages]).toEqual([120, 3])
  await broker.query(
    "INSERT INTO audit_event (at, action, outcome, actor, detail) SELECT now(), 'login', 'done', 'unknown', '{}' FROM generate_series(1, 60)",
  )
  const first = await open(browser, '/operator/audit')
  const { text: some } = await open(browser, '/operator/audit?action=login&outcome=done')
  expect(some).toContain('href="?action=login&amp;outcome=done&amp;language=de"')
  const next = /href="(\/operator\/audit\?cursor=\d+)"/.exec(first.text)?.[1]
  expect((await open(browser, next ?? 'none')).text).toContain('<table')
})

test('an account is found by its id, and what concerns it by id, folder or e-mail address', async () => {
  const { folder, accountId } = await bindInstance(broker)
  const [row] = await broker.query<{ email: string }>('SELECT email FROM account WHERE id = $1', [accountId])
  const email = row?.email ?? ''
  const { browser } = await enter(operators.viewer)
  const link = `<a href="/operator/accounts/${accountId}">`
  expect((await open(browser, `/operator/accounts?search=${accountId.toUpperCase()}`)).text).toContain(link)
  expect((await open(browser, `/operator/accounts/${accountId}`)).text).toContain(`<code>${accountId}</code>`)
  const of = (list: string, account: string) =>
    open(browser, `/operator/${list}?accountId=${encodeURIComponent(account)}`)
  for (const account of [accountId, folder, email.toUpperCase()]) {
    const audit = await of('audit', account)
    expect(audit.text).toContain('instance.bound')
    expect(audit.text).toContain(`Only of the account <span>${link}`)
    const credentials = await of('credentials', account)
    expect(credentials.text).toContain(`Only of the account <span>${link}`)
    expect(credentials.text).toContain('None was issued.')
  }
  // Of nobody there is no list, and not that of all; what was given stays in the field.
  for (const list of ['audit', 'credentials']) {
    const nobody = await of(list, 'nobody@example.com')
    expect([nobody.status, nobody.text.includes('<table')]).toEqual([200, false])
    expect(nobody.text).toContain('No account has this folder, id or e-mail address.')
    expect(nobody.text).toContain('value="nobody@example.com"')
  }
  const shared = await bindInstance(broker)
  await broker.query('UPDATE account SET email = $2 WHERE id = $1', [shared.accountId, email])
  const several = await of('audit', email)
  expect(several.text).not.toContain('<table')
  for (const id of [accountId, shared.accountId])
    expect(several.text).toContain(`<a href="/operator/audit?accountId=${id}">`)
})

test('an account is listed by its address, with the name by which it was found, and called suspended only where it is', async () => {
  const { accountId } = await bindInstance(broker)
  await broker.query(
    "UPDATE account SET email = 'erika@example.com', display_name = 'Erika Sommer' WHERE id = $1",
    [accountId],
  )
  const { browser } = await enter(operators.viewer)
  const byName = await open(browser, '/operator/accounts?search=sommer')
  expect(byName.text).toContain('<bdi>Erika Sommer</bdi>')
  expect(byName.text).not.toContain('class="badge')
  const byAddress = await open(browser, '/operator/accounts?search=erika%40')
  expect(byAddress.text).not.toContain('Erika Sommer')
  expect((await open(browser, `/operator/accounts/${accountId}`)).text).toContain(
    '<h1><bdi>erika@example.com</bdi></h1>',
  )
  await broker.query('UPDATE account SET suspended_at = now() WHERE id = $1', [accountId])
  expect((await open(browser, '/operator/accounts?search=sommer')).text).toContain(
    'class="badge danger">suspended<',
  )
})

test('rows of the log are found by the id of an account that the registry does not know', async () => {
  const lost = crypto.randomUUID()
  await broker.query(
    `INSERT INTO audit_event (at, action, outcome, actor, account_id, detail) VALUES (now(), 'login', 'done', 'system', $1, '{}')`,
    [lost],
  )
  const { browser } = await enter(operators.viewer)
  const { text } = await open(browser, `/operator/audit?accountId=${lost}`)
  expect(text).toContain('There is no account of this id.')
  expect(text).toContain('<table')
})

test('the audit log is searched by a part of what happened', async () => {
  const { accountId } = await bindInstance(broker)
  for (const action of ['test.begun', 'test.begun_again', 'test.ended'])
    for (let number = 0; number < 60; number += 1)
      await broker.query(
        `INSERT INTO audit_event (at, action, outcome, actor, account_id, detail) VALUES (now(), $1, $2, 'system', $3, '{}')`,
        [action, number === 7 ? 'refused' : 'done', number === 9 ? accountId : null],
      )
  const { browser } = await enter(operators.viewer)
  const told = async (query: string) => {
    const { text } = await open(browser, `/operator/audit?${query}`)
    const found = [...text.matchAll(/data-label="What">([^ ]*)/g)].map(([, name = '']) =>
      name.replaceAll('<wbr>', ''),
    )
    const next = /href="\/operator\/audit\?([^"]*cursor=\d+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    return { text, found, kinds: [...new Set(found)].sort(), next }
  }
  const all: string[] = []
  for (let query: string | undefined = 'action=Test'; query !== undefined; ) {
    const page = await told(query)
    all.push(...page.found)
    expect(page.text.includes('First page')).toBe(query !== 'action=Test')
    query = page.next
  }
  expect(all).toEqual(['test.ended', 'test.begun_again', 'test.begun'].flatMap(name => Array(60).fill(name)))
  expect((await told('action=begun+again')).kinds).toEqual(['test.begun_again'])
  // A whole name is that one alone, as the page of health links to it.
  expect((await told('action=test.begun')).kinds).toEqual(['test.begun'])
  expect((await told('action=test&outcome=refused')).found).toHaveLength(3)
  expect((await told(`action=test&accountId=${accountId}`)).found).toHaveLength(3)
  const nothing = await told('action=testing')
  expect(nothing.text).toContain('The log has nothing that is called “<bdi>testing</bdi>”.')
  expect(nothing.text).toContain('<option value="test.begun_again">')
  expect((await told('action=test.ended&accountId=nobody')).text).not.toContain('The log has')
})
