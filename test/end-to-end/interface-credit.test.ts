import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type AccountView, Notice } from '@odoo-backup/protocol'
import type { Page } from 'playwright-core'
import { REST_MS } from '../../apps/agent-ui/src/api/rest.ts'
import { AgentInMemory } from '../fixtures/agent-in-memory.ts'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'

/** What the overview says of an account that is paid while the page is open. */

class PayingAgent extends AgentInMemory {
  credit: NonNullable<AccountView['credit']> = {
    state: 'restore_only',
    plan: 'Standard',
    currencyLabel: 'credits',
    kept: 0,
    owed: 8,
  }

  override async account(): Promise<AccountView> {
    return { connected: true, email: 'a••••@example.com', credit: this.credit }
  }

  override async rechargeLink() {
    return 'https://broker.example/recharge/1'
  }
}

const lacking = Notice.parse({
  id: 'credit',
  kind: 'credit_running_out',
  severity: 'error',
  message: 'Nothing is left.',
  text: { code: 'credit_lacking', words: 'Nothing is left.' },
  raisedAt: '2026-01-31T04:00:00Z',
})

const agent = new PayingAgent()
const owing = agent.credit
const paid = { ...owing, state: 'paid', kept: 100, owed: 0 } as const
let ui: Interface
beforeAll(async () => {
  agent.know('shop')
  agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
  ui = await startInterface({ agent, notices: [lacking] })
})
afterAll(() => ui.close())

const notice = (page: Page) => page.locator('.notice').filter({ hasText: 'The account is not paid.' })

/** Somebody comes back to the window, which was seen all the time, until there is what is awaited. */
const comeBackTo = (page: Page, awaited: string) =>
  eventually(async () => {
    await page.evaluate('window.dispatchEvent(new Event("focus"))')
    expect(await page.getByText(awaited, { exact: true }).count()).toBe(1)
  })

test('who comes back from paying sees the new balance at once, and with it no notice that nothing is paid', async () => {
  agent.credit = owing
  const page = await ui.openInside()
  await notice(page).waitFor()
  await page.getByText('0 credits', { exact: true }).waitFor()
  agent.credit = paid
  // The list of notices that is asked for then never comes.
  await page.route('**/api/notices', () => undefined)
  await comeBackTo(page, '100 credits')
  await notice(page).waitFor({ state: 'detached' })
  await page.context().close()
})

test('a notice that the agent still gives after the account’s answer is shown again', async () => {
  agent.credit = owing
  const page = await ui.openInside()
  await notice(page).waitFor()
  agent.credit = paid
  let letListCome = (): void => undefined
  const mayCome = new Promise<void>(resolve => {
    letListCome = resolve
  })
  await page.route('**/api/notices', async route => {
    await mayCome
    await route.continue()
  })
  await comeBackTo(page, '100 credits')
  await notice(page).waitFor({ state: 'detached' })
  letListCome()
  await notice(page).waitFor()
  await page.context().close()
})

test('who goes back and forth between windows does not ask the broker each time', async () => {
  agent.credit = owing
  const page = await ui.openInside()
  await page.addInitScript(`
    window.asked = 0
    const send = window.fetch
    window.fetch = (address, ...others) => {
      if (String(address).endsWith('/account')) window.asked += 1
      return send(address, ...others)
    }
  `)
  // From here on the page's clock goes by what the test says alone; all that waits for a frame has come after a while.
  await page.clock.install()
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/dashboard`)
  await page.getByText('0 credits', { exact: true }).waitFor()
  await page.clock.pauseAt(Date.now() + 60_000)
  const comeBack = 'window.dispatchEvent(new Event("focus"))'
  await page.clock.runFor(200)
  agent.credit = paid
  // The former answer has long rested, so that it is asked at once; no more time passes before the next one is there.
  await page.evaluate(comeBack)
  await page.clock.runFor(200)
  await page.getByText('100 credits', { exact: true }).waitFor()
  await page.clock.runFor(200)
  const asked = Number(await page.evaluate('window.asked'))
  for (let away = 0; away < 4; away += 1) {
    await page.evaluate(comeBack)
    await page.clock.runFor(1_000)
  }
  expect(await page.evaluate('window.asked')).toBe(asked)
  await page.clock.runFor(REST_MS - 4_000 + 400)
  expect(await page.evaluate('window.asked')).toBe(asked + 1)
  await page.context().close()
})

const verdictOf = (page: Page) => page.locator('.verdict')

test.each([
  ['en-GB', 'restore_only', 'tone-bad', 'The account takes no new backups: a payment is due.'],
  [
    'de-DE',
    'restore_only',
    'tone-bad',
    'Das Konto nimmt keine neuen Sicherungen an: Eine Zahlung ist fällig.',
  ],
  ['en-GB', 'lapsed', 'tone-bad', /^The account takes no new backups and lets none be restored:/],
  ['en-GB', 'suspended', 'tone-bad', /^The operator of odoo-backup.sh suspended the account:/],
  ['en-GB', 'grace', 'tone-warn', 'A payment is due: without it, the account will soon take no new backups.'],
  ['de-DE', 'grace', 'tone-warn', /^Eine Zahlung ist fällig: Ohne sie nimmt das Konto bald keine/],
  ['en-GB', 'paid', 'tone-good', 'You are safe.'],
] as const)(
  'for a reader of %s the verdict tells of an account whose state is %s',
  async (locale, state, tone, sentence) => {
    agent.credit = { ...owing, state }
    const page = await ui.openInside({ locale })
    await page.route('**/api/overview*', async route => {
      const response = await route.fetch()
      const { verdict, ...rest } = await response.json()
      await route.fulfill({
        response,
        json: { ...rest, verdict: { ...verdict, tone: 'good', word: 'safe', worries: [], unknown: [] } },
      })
    })
    await page.reload()
    await verdictOf(page).locator('strong').getByText(sentence).waitFor()
    expect(await verdictOf(page).getAttribute('class')).toContain(tone)
    const card = page.getByRole('region', { name: /^(Account|Konto)$/ })
    await card.waitFor()
    expect(await card.getByRole('button').count()).toBe(state === 'suspended' ? 0 : 1)
    // Where something is due, the way to pay it stands beside it.
    expect(await verdictOf(page).getByRole('button').count()).toBe(
      state === 'suspended' || state === 'paid' ? 0 : 1,
    )
    await page.unrouteAll({ behavior: 'wait' })
    await page.context().close()
  },
)

test('databases without a backup stay the first thing that is said, and the account the second', async () => {
  agent.credit = { ...owing, state: 'restore_only' }
  const page = await ui.openInside()
  await page.route('**/api/overview*', async route => {
    const response = await route.fetch()
    const { verdict, ...rest } = await response.json()
    await route.fulfill({ response, json: { ...rest, verdict: { ...verdict, tone: 'bad', word: 'unsafe' } } })
  })
  await page.reload()
  await verdictOf(page).getByText('The account takes no new backups: a payment is due.').waitFor()
  expect(await verdictOf(page).locator('strong').textContent()).toBe('You are not safe.')
  await page.unrouteAll({ behavior: 'wait' })
  await page.context().close()
})

test('a notice of missing credit leads to where it is bought', async () => {
  agent.credit = owing
  const page = await ui.openInside()
  await page.context().route('https://broker.example/**', route => route.fulfill({ body: 'Choose a plan' }))
  const opened = page.waitForEvent('popup')
  await notice(page).getByRole('button', { name: 'Buy credit' }).click()
  await (await opened).getByText('Choose a plan').waitFor()
  expect(ui.faults).toEqual([])
  await page.context().close()
})

test('the settings say which account the storage is connected with, and try it', async () => {
  const page = await ui.openInside()
  await page.goto(`${ui.url}#/settings`)
  await page.getByText('Connected as a••••@example.com').waitFor()
  await page.getByRole('button', { name: 'Test the connection' }).click()
  await page.getByText('Connected.', { exact: true }).waitFor()
  await page.context().close()
})
