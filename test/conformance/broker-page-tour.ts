import type { Browser, BrowserContext, Page } from 'playwright-core'
import { consoleWordsOf } from '../../apps/broker/src/operators/messages/index.ts'
import { en, type Messages } from '../../apps/broker/src/pages/messages/en.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { type OperatorRole, runBrokerWithOperators } from '../fixtures/broker-operators.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, logIn, type OdooComUser } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'

/** Names as nobody wishes them: long, with markup, from right to left. */
const MARKUP = `<img src=x onerror="document.title='harmed'">\u202Eליל`
const HOSTILE = `${'a-very-long-name-without-any-blank-'.repeat(5)}${MARKUP}`
const ORIGIN = `https://${'odoo.'.repeat(30)}example`

const PROVIDERS = JSON.stringify([
  {
    id: 'company',
    label: 'Company <b>&</b> Söhne',
    clientId: 'broker',
    authorizationUrl: 'http://127.0.0.1:9/authorize',
    tokenUrl: 'http://127.0.0.1:9/token',
    profileUrl: 'http://127.0.0.1:9/userinfo',
  },
])

/** A broker all of whose pages have something to show. */
export interface Toured {
  readonly broker: RunningBroker
  readonly operators: Readonly<Record<OperatorRole, OdooComUser & { id: string }>>
  /** With installations, an approval that is not completed, notices, stored bytes and charges. */
  readonly customer: OdooComUser
  readonly accountId: string
}

export interface TourOptions {
  readonly chromium: Browser
  readonly scheme: 'light' | 'dark'
  readonly width: number
  readonly words?: Messages
  /** Called for each page once it stands. */
  readonly see: (name: string, page: Page) => Promise<void>
}

export async function openToured(): Promise<Toured> {
  const { broker, operators } = await runBrokerWithOperators({
    BROKER_PAYMENT: 'prepaid',
    BROKER_STRIPE_PAYMENT_LINK: 'https://buy.example/pay',
    BROKER_MONTHLY_CREDITS: '10',
    BROKER_CONTACT: 'backups@provider.example',
  })
  const customer = await newOdooComUser()
  const { accountId, instanceId } = await bindInstance(broker, customer)
  const second = await bindInstance(broker, customer)
  await second.agent.post('/v1/credentials', { purpose: 'restore' })
  const asked = await brokerClient(broker.url, newUserKey()).post('/v1/login-requests', {})
  await approve(new HttpBrowser(), asked.body.authLink, customer)
  const sql = broker.query
  // Once more, with all that one can have: as long as they get.
  await sql(
    `INSERT INTO audit_event (at, action, outcome, actor, account_id, instance_id, address, detail)
     SELECT at, action, outcome, actor, account_id, instance_id, '2001:db8:85a3:1234:5678:8a2e:370:7334', detail || $2
     FROM audit_event WHERE action = 'credentials.vended' AND account_id = $1`,
    [accountId, JSON.stringify({ rights: 'backup+restore+rotate', accessKeyId: 'ASIAMMMMWWWWMMMMWWWW' })],
  )
  await sql('UPDATE account SET display_name = $2 WHERE id = $1', [accountId, HOSTILE])
  await sql('UPDATE instance SET name = $2 WHERE id = $1', [instanceId, `${MARKUP}${'x'.repeat(30)}`])
  await sql("UPDATE instance SET state = 'revoked', revoked_at = now() WHERE id = $1", [second.instanceId])
  for (const origin of [ORIGIN, HOSTILE])
    await sql('INSERT INTO instance_origin (instance_id, origin, approved_at) VALUES ($1, $2, now())', [
      instanceId,
      origin,
    ])
  await sql("INSERT INTO notice (account_id, type, message) VALUES ($1, 'other', $2)", [accountId, HOSTILE])
  await sql(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects, upload_bytes, uploads, sampled_at)
     SELECT $1, current_date - n, 3000000000 + n * 40000000, 7, 1000000000, 2, 500000000, 1, now() FROM generate_series(0, 30) n`,
    [accountId],
  )
  await sql(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     VALUES ($1, 'grant', 7500, 'a-reference', $2, 'operator', now())`,
    [accountId, HOSTILE],
  )
  await sql(
    `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at)
     VALUES ($1, 'standard', now() - interval '40 days', FALSE, now() - interval '40 days')
     ON CONFLICT (account_id) DO UPDATE SET anchor_at = EXCLUDED.anchor_at, had_trial = FALSE`,
    [accountId],
  )
  await sql(
    `INSERT INTO billing_period (account_id, number, opens_at, closes_at, plan, base_credits, included_gb,
       further_gb_credits, grace_days, restore_days, opened_at)
     SELECT $1, n, now() - interval '40 days' + n * interval '30 days', now() - interval '10 days' + n * interval '30 days',
       'standard', 10000, 0, 0, 7, 90, now() FROM generate_series(0, 1) n ON CONFLICT DO NOTHING`,
    [accountId],
  )
  const charges = await sql<{ id: string }>(
    `INSERT INTO charge (account_id, period, reason, amount, wording, due_at, created_at)
     SELECT $1, n, r::charge_reason, 10000 + n, 'Backups from 2026-10-01 to 2026-11-01, plan standard', now(), now()
     FROM (VALUES (0, 'base'), (0, 'storage'), (1, 'base')) due (n, r) ON CONFLICT DO NOTHING RETURNING id`,
    [accountId],
  )
  await doubt(broker, charges[0]?.id)
  await sql(
    `INSERT INTO stripe_event (id, type, applied, note, body, received_at)
     VALUES ($1, 'checkout.session.completed', FALSE, $2, '{}', now())`,
    [`evt_${'x'.repeat(200)}`, HOSTILE],
  )
  return { broker, operators, customer, accountId }
}

/** A charge whose payment service never answered; it ends by itself as soon as its account is looked at. */
async function doubt({ query }: RunningBroker, charge: string | undefined): Promise<void> {
  await query(
    `INSERT INTO ledger_entry (charge_id, attempt, sequence, state, provider, kept_part, provider_part, note, at)
     SELECT $1, 1 + COALESCE((SELECT MAX(attempt) FROM ledger_entry WHERE charge_id = $1), 0), s,
       state::ledger_state, 'iap', 0, 10000, $2, now() - interval '5 hours'
     FROM (VALUES (1, 'planned'), (2, 'authorised'), (3, 'unknown')) steps (s, state)`,
    [charge, HOSTILE],
  )
}

/** The charge that is not paid, in doubt once more where it is not. */
async function doubtAgain({ broker, accountId }: Toured): Promise<void> {
  const [unpaid] = await broker.query<{ id: string }>(
    `SELECT c.id FROM charge c WHERE c.account_id = $1 AND c.id NOT IN (SELECT charge_id FROM open_charge)
     AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.charge_id = c.id AND e.state = 'captured') LIMIT 1`,
    [accountId],
  )
  if (unpaid !== undefined) await doubt(broker, unpaid.id)
}

/** A window whose browser has the cookies of one that logged in. */
async function windowOf(
  { chromium, scheme, width, words = en }: TourOptions,
  url: string,
  from: HttpBrowser,
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await chromium.newContext({
    colorScheme: scheme,
    viewport: { width, height: 800 },
    locale: words.language,
  })
  // Pages that lead away by themselves stay where they are.
  await context.route(/https?:\/\/[^/]*example/, route => route.abort('aborted'))
  await takeCookies(context, url, from)
  return { context, page: await context.newPage() }
}

async function takeCookies(context: BrowserContext, url: string, from: HttpBrowser): Promise<void> {
  for (const [name, value] of from.cookies(url)) await context.addCookies([{ name, value, url }])
}

/** Every page that a customer can come to. */
export async function tourAsCustomer(toured: Toured, options: TourOptions): Promise<void> {
  const { broker, customer, accountId } = toured
  const { see, words = en } = options
  const several = await broker.replica({ BROKER_OAUTH_PROVIDERS: PROVIDERS, BROKER_STRIPE_PAYMENT_LINK: '' })
  const person = new HttpBrowser()
  await logIn(person, `${broker.url}/login`, customer)
  const { context, page } = await windowOf(options, broker.url, person)
  const look = async (name: string, heading: string) => {
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
    await see(name, page)
  }
  const open = (path: string, url = broker.url) => page.goto(`${url}${path}`)
  const ask = async (redirect?: string, key = newUserKey()) =>
    (
      await brokerClient(broker.url, key).post(
        '/v1/login-requests',
        redirect === undefined ? {} : { redirect },
      )
    ).body.authLink
  const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click()
  const { consent, refusals, logInAgain, account, recharge, problems } = words
  const suspend = (at: string) =>
    broker.query(`UPDATE account SET suspended_at = ${at} WHERE id = $1`, [accountId])
  try {
    await open('/login', several.url)
    await look('the choice of providers', words.choice.title)
    await open('/auth/odoo/callback#error=access_denied&state=none')
    await look('a log-in that failed', words.loginFailure.title)
    await open('/auth/nobody')
    await look('a provider that is not there', refusals.noLogin.title)
    await page.goto(await ask(`${ORIGIN}/web`))
    await look('the question for an address', consent.title)
    await press(consent.deny)
    await look('the denial that leads back', consent.denied)
    await page.goto(await ask(`${ORIGIN}/web`))
    await press(consent.approve)
    await look('the approval that leads back', consent.approved)
    await page.goto(await ask())
    await look('the question for a command line', consent.titleOfServer)
    for (const box of await page.getByRole('checkbox').all()) await box.uncheck()
    await press(consent.approve)
    await look('nothing to approve', refusals.nothingToApprove.title)
    await page.getByRole('link', { name: consent.backToQuestion }).click()
    await look('the question that is still open', consent.titleOfServer)
    await page.goto(await ask())
    await press(consent.approve)
    await look('the code', consent.approved)
    await page.goto(await ask())
    await press(consent.deny)
    await look('the denial', consent.denied)
    await open(`/login/${'x'.repeat(32)}`)
    await look('a link that is no longer valid', refusals.expired.title)
    const stranger = await bindInstance(broker)
    await page.goto(await ask(`${ORIGIN}/web`, stranger.userKey))
    await look('an instance of another account', refusals.otherAccount.title)
    await page.goto(await ask())
    await suspend('now()')
    await page.reload()
    await look('the question for a suspended account', refusals.suspended.title)
    await open('/account')
    await look('a suspended account', account.title)
    await suspend('NULL')
    await open('/account')
    await look('the account', account.title)
    await press(words.credit.buy)
    await look('on the way to buy credit', recharge.title)
    const link = await brokerClient(broker.url, stranger.userKey).post('/v1/recharge-link')
    // It leads away by itself before it is loaded to its end.
    await page.goto(link.body.rechargeLink, { waitUntil: 'commit' })
    await look('a recharge link', recharge.title)
    await page.goto(link.body.rechargeLink)
    await look('a recharge link that was used', refusals.expiredRecharge.title)
    await open(`/open_iap_recharge?user_key=${newUserKey()}`)
    await look('the recharge of an unknown instance', refusals.noAccount.title)
    await open(`/open_iap_recharge?user_key=${stranger.userKey}`, several.url)
    await look('where nothing is sold', problems.titlesOf.no_online_payment ?? '')
    await open('/nowhere')
    await look('a page that is not there', problems.titles[404] ?? 'Not Found')
    await open(`/recharge/${'x'.repeat(101)}`)
    await look('a request that cannot be read', problems.titles[400] ?? 'Bad Request')
    await open('/account')
    await page.locator('form[action$="/revoke"]').evaluate(form => {
      form.setAttribute('action', '/account/instances/00000000-0000-4000-8000-000000000000/revoke')
    })
    await page.locator('form[action$="/revoke"] button').click()
    await look('an installation that is not there', refusals.noInstallation.title)
    await open('/account')
    await page.locator('input[name="form_token"]').evaluateAll(fields => {
      for (const field of fields) field.setAttribute('value', 'x')
    })
    await press(account.save)
    await look('a form of another site', refusals.foreignForm.title)
    await open('/account')
    await page.getByRole('button', { name: words.logOut }).click()
    await look('after the log-out', refusals.loggedOut.title)
    const again = new HttpBrowser()
    await logIn(again, `${broker.url}/login`, customer)
    await takeCookies(context, broker.url, again)
    await open('/account')
    broker.advance(601)
    await press(account.save)
    await look('a form that came too late', logInAgain.title)
  } finally {
    await suspend('NULL')
    await context.close()
    await several.close()
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`)
}

/** Every page of the operators' console, with all of its forms opened. */
export async function tourAsOperator(toured: Toured, options: TourOptions): Promise<void> {
  const { broker, operators, accountId, customer } = toured
  const admin = new HttpBrowser()
  await logIn(admin, `${broker.url}/login`, operators.admin)
  const viewer = new HttpBrowser()
  await logIn(viewer, `${broker.url}/login`, operators.viewer)
  const { context, page } = await windowOf(options, broker.url, admin)
  const asViewer = await windowOf(options, broker.url, viewer)
  const { see, words = en } = options
  const own = consoleWordsOf(words.language)
  const look = async (name: string, heading: string, at = page) => {
    // By its text: an address is made of parts, which stand apart in the name of a heading.
    await at
      .locator('h1')
      .filter({ hasText: exactly(heading) })
      .waitFor()
    for (const summary of await at.locator('summary').all()) await summary.click()
    await see(name, at)
  }
  const open = (path: string, at = page) => at.goto(`${broker.url}${path}`)
  const account = `/operator/accounts/${accountId}`
  const reason = (id: string) => page.locator(`#reason-${id}`)
  try {
    for (const [path, heading] of [
      ['/operator', own.places.health],
      ['/operator/accounts', own.places.accounts],
      ['/operator/accounts?search=nobody-is-called-so', own.places.accounts],
      [account, customer.login],
      [`${account}/ledger`, own.books.title],
      [`${account}/usage`, own.usage.title],
      ['/operator/credentials', own.credentials.title],
      ['/operator/billing', own.billing.title],
      [`/operator/audit?accountId=${accountId}`, own.audit.title],
    ] as const) {
      if (path === '/operator/billing') await doubtAgain(toured)
      await open(path)
      if (path === '/operator/billing')
        await page
          .getByRole('heading', { name: new RegExp(`^${own.billing.charge('\\d+', '')}`) })
          .first()
          .waitFor()
      await look(path.replace(accountId, 'one'), heading)
    }
    await open(account)
    await page.getByText(own.credit.grace.title).click()
    await page.locator('#until-grace').fill(new Date(Date.now() + 86_400_000).toISOString().slice(0, 10))
    await reason('grace').fill('asked for by the customer')
    await reason('grace').press('Enter')
    await look('a change that is refused', own.nothingChanged)
    await open('/operator/billing')
    await reason('reconcile').fill('once a month')
    await reason('reconcile').press('Enter')
    await look('the books, compared', own.compared.title)
    await open(`${account}?done=grace`)
    await look('a change that was made', customer.login)
    await open('/operator/accounts/00000000-0000-4000-8000-000000000000')
    await look('an account that is not there', words.problems.titles[404] ?? 'Not Found')
    await open('/operator/audit?outcome=strange')
    await look('an address that cannot be right', words.problems.titles[400] ?? 'Bad Request')
    await open(`${account}/ledger`, asViewer.page)
    await look('a page for another role', words.problems.titles[403] ?? 'Forbidden', asViewer.page)
  } finally {
    await context.close()
    await asViewer.context.close()
  }
}
