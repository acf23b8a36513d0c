import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { en as consoleInEnglish } from '../../apps/broker/src/operators/messages/en.ts'
import { de } from '../../apps/broker/src/pages/messages/de.ts'
import { en, type Messages } from '../../apps/broker/src/pages/messages/en.ts'
import { openChromium } from '../end-to-end/chromium.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { logIn } from '../fixtures/log-in.ts'
import { barriers, brokenWords } from '../fixtures/page-barriers.ts'
import { openToured, type Toured, tourAsCustomer, tourAsOperator } from './broker-page-tour.ts'
import { bindInstance } from './vending-instance.ts'

/** Each page of the broker in Chromium, light and dark, on the smallest phone, with names that nobody wishes. */

let toured: Toured
let chromium: Browser
beforeAll(async () => {
  chromium = await openChromium()
  toured = await openToured()
})
afterAll(async () => {
  await chromium?.close()
  await toured?.broker.close()
})

const SCHEMES = ['light', 'dark'] as const
/** What a page must not hold: what keeps somebody out, and what a name did to it. */
async function faultsOf(page: Page): Promise<string[]> {
  const harm = await page.locator('img').count()
  const title = await page.title()
  return [
    ...(await barriers(page)),
    ...(harm > 0 ? ['a name became a picture'] : []),
    ...(title.includes('harmed') ? ['a name ran a script'] : []),
  ]
}

/** Every text of the pages, as a reader sees it, that is a sentence and not a word that both languages have. */
function sentences(value: unknown): string[] {
  if (typeof value === 'string' || (typeof value === 'object' && value !== null && 'toString' in value)) {
    const text = String(value).replaceAll(/<[^>]*>/g, '')
    if (text !== '[object Object]') return text.length > 12 ? [text] : []
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentences) : []
}

const ENGLISH = [...sentences(en), ...sentences(consoleInEnglish)]

/** English on a page of another language, but for what says of itself that it is. */
async function englishOn(page: Page): Promise<string[]> {
  const text = String(
    await page.evaluate(`(() => {
      const copy = document.body.cloneNode(true)
      for (const part of copy.querySelectorAll('[lang="en"], script')) part.remove()
      return copy.textContent
    })()`),
  )
  return ENGLISH.filter(sentence => text.includes(sentence)).map(sentence => `English: ${sentence}`)
}

const READERS = SCHEMES.flatMap(scheme => [en, de].map(words => [scheme, words.name, words] as const))

/** What is wrong with a page for a reader of these words. */
async function faultsFor(page: Page, words: Messages): Promise<string[]> {
  const language = await page.locator('html').getAttribute('lang')
  return [
    ...(await faultsOf(page)),
    ...(language === words.language ? [] : [`lang=${language}`]),
    ...(words === en ? [] : await englishOn(page)),
  ]
}

test.each(READERS)(
  'the pages of a log-in, of an account and of buying keep nobody out, %s, in %s',
  async (scheme, _name, words) => {
    const seen: Record<string, string[]> = {}
    await tourAsCustomer(toured, {
      chromium,
      scheme,
      width: 320,
      words,
      see: async (name, page) => {
        seen[name] = await faultsFor(page, words)
      },
    })
    expect(seen).toEqual(Object.fromEntries(Object.keys(seen).map(name => [name, []])))
    expect(Object.keys(seen).length).toBeGreaterThanOrEqual(25)
    expect(ENGLISH.length).toBeGreaterThan(40)
  },
)

test.each(READERS)('the pages of operators keep nobody out, %s, in %s', async (scheme, _name, words) => {
  const seen: Record<string, string[]> = {}
  await tourAsOperator(toured, {
    chromium,
    scheme,
    width: 320,
    words,
    see: async (name, page) => {
      seen[name] = await faultsFor(page, words)
    },
  })
  expect(seen).toEqual(Object.fromEntries(Object.keys(seen).map(name => [name, []])))
})

test.each([
  [768, de.name, de],
  [1024, en.name, en],
  [1280, de.name, de],
  [1280, en.name, en],
])('no list of operators scrolls sideways or breaks a word, %i px, %s', async (width, _name, words) => {
  const seen: Record<string, number> = {}
  const torn: Record<string, number> = {}
  const broken: Record<string, string[]> = {}
  await tourAsOperator(toured, {
    chromium,
    scheme: 'light',
    width,
    words,
    see: async (name, page) => {
      broken[name] = await brokenWords(page)
      seen[name] = await page
        .locator('.table')
        .evaluateAll(
          frames => frames.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length,
        )
      torn[name] = await page
        .locator('.parts :is(.whole, .address)')
        .evaluateAll(parts => parts.filter(part => part.getBoundingClientRect().height > 30).length)
    },
  })
  const none = Object.fromEntries(Object.keys(seen).map(name => [name, 0]))
  const unbroken = Object.fromEntries(Object.keys(seen).map(name => [name, []]))
  expect({ seen, broken }).toEqual({ seen: none, broken: unbroken })
  // Rows are cards there, which have the room for ids and addresses.
  if (width === 768) expect(torn).toEqual(none)
})

test('who is suspended reads how the operator is reached, and so does everyone below each page', async () => {
  const { broker, customer, accountId } = toured
  const browser = new HttpBrowser({ accept: 'text/html' })
  const contact = '<a href="mailto:backups@provider.example">backups@provider.example</a>'
  const footer = `<footer><p>Operator of this service: ${contact}</p>`
  const suspend = (at: string) =>
    broker.query(`UPDATE account SET suspended_at = ${at} WHERE id = $1`, [accountId])
  expect((await logIn(browser, `${broker.url}/login`, customer)).text).toContain(footer)
  expect((await browser.open(`${broker.url}/nowhere`)).text).toContain(footer)
  await suspend('now()')
  try {
    const { text } = await browser.open(`${broker.url}/account`)
    expect(text).toContain(`write to the operator of this service: ${contact}</p>`)
  } finally {
    await suspend('NULL')
  }
  const silent = await broker.replica({ BROKER_CONTACT: '' })
  try {
    expect((await browser.open(`${silent.url}/nowhere`)).text).not.toContain('Operator of this service')
  } finally {
    await silent.close()
  }
})

test('a reader who chooses a language keeps it, whatever the browser asks for', async () => {
  const { broker, customer } = toured
  const browser = new HttpBrowser({ 'accept-language': 'fr, de-AT;q=0.9, en;q=0.5', accept: 'text/html' })
  const first = await logIn(browser, `${broker.url}/login`, customer)
  expect(first.text).toContain('<html lang="de">')
  expect(first.text).toContain('href="?language=en"')
  expect((await browser.open(`${broker.url}/account?language=en`)).text).toContain('<html lang="en">')
  expect((await browser.open(`${broker.url}/account`)).text).toContain(en.account.title)
  expect((await browser.open(`${broker.url}/nowhere`)).text).toContain('There is nothing at this address.')
  const unknown = await browser.open(`${broker.url}/account?language=${encodeURIComponent('"><script>')}`)
  expect(unknown.text).toContain('<html lang="en">')
  await browser.open(`${broker.url}/account?language=de`)
  const nowhere = await browser.open(`${broker.url}/nowhere`)
  expect(nowhere.text).toContain('Unter dieser Adresse gibt es nichts.')
  expect(nowhere.text).not.toContain('There is nothing')
  const program = await fetch(`${broker.url}/nowhere`, {
    headers: { accept: 'application/json', 'accept-language': 'de' },
  })
  expect(await program.json()).toMatchObject({
    title: 'Not Found',
    detail: 'There is nothing at this address.',
  })
})

test('an operator works by the keyboard alone: from the address to a suspended account', async () => {
  const { broker, operators } = toured
  const admin = new HttpBrowser()
  await logIn(admin, `${broker.url}/login`, operators.admin)
  const { folder, accountId: other, agent } = await bindInstance(broker)
  const context = await chromium.newContext({ viewport: { width: 320, height: 640 } })
  for (const [name, value] of admin.cookies(broker.url))
    await context.addCookies([{ name, value, url: broker.url }])
  const page = await context.newPage()
  const reach = async (selector: string) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab')
      if ((await page.locator(`${selector}:focus`).count()) === 1) return
    }
    throw new Error(`${selector} is not reached by the tab key.`)
  }
  try {
    await page.goto(`${broker.url}/operator`)
    await reach('nav a[href="/operator/accounts"]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/accounts$/)
    await reach('#search')
    await page.keyboard.type(folder)
    await page.keyboard.press('Enter')
    await page.waitForURL(/search=/)
    await reach(`a[href="/operator/accounts/${other}"]`)
    await page.keyboard.press('Enter')
    await page.waitForURL(new RegExp(other))
    await reach('#reason-suspend')
    await page.keyboard.type('by the keyboard')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Resume' }).waitFor()
  } finally {
    await context.close()
  }
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).body.code).toBe('suspended')
})
