import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Browser, Locator, Page } from 'playwright-core'
import { type AgentHttpFixture, agentHttp } from '../fixtures/agent-http.ts'
import { type BusyAgent, busyAgent, HOSTILE_NAMES } from '../fixtures/busy-agent.ts'
import { barriers } from '../fixtures/page-barriers.ts'
import { openChromium } from './chromium.ts'
import { eventually, PATIENCE_MS } from './eventually.ts'

/**
 * The pages as they are with much in them, over an agent in memory: what they say, and that nothing of it does harm.
 * What an agent does is tried on a real one elsewhere.
 */
const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'odoo-backup-pages-'))

let browser: Browser
let server: Server
let agent: BusyAgent
let fixture: AgentHttpFixture
let isDown = false
let url: string
let page: Page
let faults: string[]

beforeAll(async () => {
  execFileSync(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', 'apps/agent-ui', '--outDir', folder, '--emptyOutDir'],
    { cwd: root },
  )
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true })
})

beforeEach(async () => {
  const now = new Date()
  const busy = busyAgent(now)
  agent = busy.agent
  fixture = agentHttp({ agent, notices: busy.notices, now, webInterfaceFolder: folder })
  server = createServer((request, response) => {
    // What a proxy says while the agent behind it restarts.
    if (isDown) response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>')
    else {
      fixture.now = Date.now()
      fixture.app(request, response)
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/odoo_backup_sh/`
  page = await browser.newPage({ locale: 'en-GB' })
  page.setDefaultTimeout(PATIENCE_MS)
  faults = []
  page.on('pageerror', error => faults.push(String(error)))
  page.on('dialog', dialog => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', message => {
    if (message.type() === 'error' && !/status of (401|404|502)|ERR_/.test(message.text()))
      faults.push(message.text())
  })
  await page.goto(url)
  await page.getByLabel('Master password').fill(agent.masterPassword)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Overview' }).waitFor()
})
afterEach(async () => {
  await page.close()
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  expect(faults).toEqual([])
})

/** Goes to a place from an empty page, so that what is awaited is of this place. */
async function open(place: string, ready: string | RegExp) {
  await page.goto('about:blank')
  await page.goto(`${url}#/${place}`)
  await page.getByText(ready).filter({ visible: true }).first().waitFor()
}

/** Where on its page something stands, in pixels from the page's top. */
async function placeOf(what: Locator): Promise<number> {
  const { y } = (await what.boundingBox()) ?? { y: Number.NaN }
  return Math.round(y + Number(await page.evaluate('scrollY')))
}

/** By how many pixels something has moved on its page once it was scrolled to: a press may miss what moves. */
async function movedByScrollingTo(what: Locator): Promise<number> {
  const before = await placeOf(what)
  await what.scrollIntoViewIfNeeded()
  await page.evaluate('new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
  return (await placeOf(what)) - before
}

const hostile = HOSTILE_NAMES[0] ?? ''
const places = (): readonly (readonly [string, string | RegExp])[] => [
  ['', hostile],
  ['backups', hostile],
  [`backups/${encodeURIComponent(agent.kept[1]?.name ?? '')}`, 'What is in it'],
  [`backups/${encodeURIComponent(agent.kept.find(kept => kept.database === hostile)?.name ?? '')}`, hostile],
  ['jobs', hostile],
  [`jobs/${agent.jobsMade[0]?.id}`, '8,120 of 14,031 files'],
  [`jobs/${agent.jobsMade[2]?.id}`, 'Line 499 of the log.'],
  [`jobs/${agent.jobsMade[3]?.id}`, hostile],
]

describe('the pages with much in them', () => {
  test.each(['Dark colours', 'Light colours'])(
    'keep nobody out and need no sideways scrolling, after a press on "%s"',
    async theme => {
      const other = theme === 'Dark colours' ? 'Light colours' : 'Dark colours'
      if (theme === 'Light colours') await page.getByRole('button', { name: other }).click()
      await page.getByRole('button', { name: theme }).click()
      for (const [place, ready] of places()) {
        await page.setViewportSize({ width: 1280, height: 900 })
        await open(place, ready)
        expect({ place, barriers: await barriers(page) }).toEqual({ place, barriers: [] })
        await page.setViewportSize({ width: 320, height: 640 })
        const width = await page.evaluate('document.documentElement.scrollWidth')
        expect({ place, width }).toEqual({ place, width: 320 })
      }
    },
  )

  test('an error of ten thousand lines is folded, and its beginning is read', async () => {
    await open(`jobs/${agent.jobsMade[3]?.id}`, hostile)
    const height = await page.evaluate('document.documentElement.scrollHeight')
    expect(Number(height)).toBeLessThan(2_500)
    await page.getByText('Show the details').click()
    await eventually(async () =>
      expect(await page.getByRole('alert').textContent()).toContain('pg_dump said:'),
    )
  })
})

describe('the overview', () => {
  test('has the buttons of cards beside each other at one height, however much the cards say', async () => {
    await page.setViewportSize({ width: 1280, height: 2000 })
    await open('dashboard', hostile)
    const rows = await page.getByRole('article').evaluateAll(cards => {
      const found = new Map<number, { actions: Set<number>; contents: Set<number> }>()
      for (const card of cards) {
        const row = found.get(card.getBoundingClientRect().top) ?? { actions: new Set(), contents: new Set() }
        found.set(card.getBoundingClientRect().top, row)
        const actions = card.querySelector('.card-actions')
        row.actions.add(Math.round(actions?.getBoundingClientRect().bottom ?? 0))
        row.contents.add(Math.round(actions?.previousElementSibling?.getBoundingClientRect().bottom ?? 0))
      }
      return [...found.values()].map(({ actions, contents }) => [actions.size, contents.size] as const)
    })
    expect(rows.map(([actions]) => actions)).toEqual(rows.map(() => 1))
    // There is a row whose cards end their contents at different heights.
    expect(Math.max(...rows.map(([, contents]) => contents))).toBeGreaterThan(1)
  })

  test('says in one sentence what is wrong with which database, and why', async () => {
    await open('', 'You are not safe.')
    const banner = page.getByRole('status').filter({ hasText: 'You are not safe.' })
    await eventually(async () =>
      expect(await banner.getByRole('listitem').allTextContents()).toEqual([
        'No backup at all: playground',
        expect.stringMatching(/^The last backup failed; older ones still meet the schedule: .*warehouse/),
        expect.stringMatching(/^<img src=x onerror=alert\(1\)>: pg_dump said:/),
        expect.stringMatching(/^warehouse: The storage did not answer/),
      ]),
    )
    await page.getByText('92.5 credits').waitFor()
  })

  test('is not believed any more once the agent is away, and says so', async () => {
    for (const item of [...agent.known])
      if (item.name !== 'shop') agent.known.splice(agent.known.indexOf(item), 1)
    agent.kept.splice(0, agent.kept.length, ...agent.kept.filter(({ database }) => database === 'shop'))
    agent.jobsMade.splice(0)
    await page.clock.install()
    await open('', 'You are safe.')
    isDown = true
    await page.clock.runFor(31_000)
    await page.getByText('this may be out of date').waitFor()
    await eventually(async () => expect(await page.getByText('You are safe.').count()).toBe(0))
    isDown = false
  })
})

describe('the list of backups', () => {
  test('is narrowed by day in the calendar and by name, and sorted, by the agent', async () => {
    await open('backups', hostile)
    await page.getByText('120 backups').waitFor()
    const days = page.getByRole('button', { name: /: \d+ backups?$/ })
    await days.last().press('Enter')
    await page.getByText(`${HOSTILE_NAMES.length + 3} backups`).waitFor()
    await page.getByRole('button', { name: /show all days/ }).click()
    await page.getByLabel('Find by name').fill('warehouse.')
    await page.getByText('12 backups').waitFor()
    await page.getByRole('button', { name: 'Size' }).click()
    await page.getByRole('button', { name: 'Size' }).click()
    await page.locator('th[aria-sort="ascending"]').waitFor()
    await page
      .locator('tbody tr')
      .first()
      .filter({ hasText: /[^.\d]4\sMB/ })
      .waitFor()
    const sizes = await page.locator('td[data-label="Size"]').allTextContents()
    expect(sizes.map(Number.parseFloat)).toEqual(sizes.map(Number.parseFloat).sort((a, b) => a - b))
  })

  test('a deletion says what goes, and is refused in words while the backup is pinned', async () => {
    const pinned = agent.kept.find(kept => kept.pinned)
    await open(`backups/${encodeURIComponent(pinned?.name ?? '')}`, 'What is in it')
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Unpin it first').waitFor()
    await eventually(async () =>
      expect(await dialog.getByRole('button', { name: 'Delete it' }).isDisabled()).toBe(true),
    )
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Unpin' }).click()
    await page.getByRole('button', { name: 'Pin', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByRole('button', { name: 'Delete it' }).click()
    await page.getByRole('heading', { name: /^Deletion/ }).waitFor()
    expect(agent.deleted).toEqual([pinned?.name])
  })
})

test('on the smallest phone one line leads to all pages, and makes way for the one that was chosen', async () => {
  await page.setViewportSize({ width: 320, height: 640 })
  await open('', hostile)
  const head = page.getByRole('banner')
  const heightOfHead = () => head.evaluate(shown => shown.getBoundingClientRect().height)
  expect(await heightOfHead()).toBeLessThan(64)
  const menu = head.getByRole('button', { name: 'Menu' })
  await menu.press('Enter')
  await head.getByRole('link', { name: 'Jobs' }).waitFor()
  expect(await barriers(page)).toEqual([])
  await page.keyboard.press('Escape')
  await head.getByRole('link', { name: 'Jobs' }).waitFor({ state: 'hidden' })
  expect(await menu.evaluate(button => button.matches(':focus'))).toBe(true)
  await page.keyboard.press('Enter')
  await head.getByRole('link', { name: 'Jobs' }).press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor()
  expect(await heightOfHead()).toBeLessThan(64)
  await page.setViewportSize({ width: 1280, height: 900 })
  await head.getByRole('link', { name: 'Jobs' }).waitFor()
  expect(await menu.isVisible()).toBe(false)
  expect(await heightOfHead()).toBeLessThan(64)
})

test('of two hundred databases the worst are shown first, and all on request', async () => {
  for (let index = 0; index < 196; index++) agent.addNights(`company_${index}`, 5)
  await open('', 'You are not safe.')
  await eventually(async () => expect(await page.getByRole('article').count()).toBe(24))
  await eventually(async () =>
    expect(await page.getByRole('article').first().textContent()).toContain('playground'),
  )
  const all = page.getByRole('button', { name: 'Show all' })
  expect(await movedByScrollingTo(all)).toBe(0)
  await all.click()
  await eventually(async () => expect(await page.getByRole('article').count()).toBeGreaterThan(200))
})

describe('a job that is watched', () => {
  test('shows phases, rate and time left, and ends on the page when it ends', async () => {
    const job = agent.jobsMade[0]
    if (job === undefined) throw new Error('no job')
    await open(`jobs/${job.id}`, '8,120 of 14,031 files')
    await page.getByText('about 41 s left').waitFor()
    await eventually(async () =>
      expect(await page.getByRole('listitem').allTextContents()).toEqual([
        expect.stringMatching(/^Waiting/),
        expect.stringMatching(/^Taking the snapshot.*2\ss$/),
        expect.stringMatching(/^Database.*310\sMB.*26\ss$/),
        expect.stringMatching(/^Files.*8,120 files/),
      ]),
    )
    await page.getByText('Log', { exact: true }).click()
    await page.getByText('Opening a snapshot of accounting.').waitFor()
    agent.jobsMade[0] = { ...job, state: 'completed', finishedAt: new Date().toISOString() }
    await page.getByText('done', { exact: true }).waitFor()
  })

  test('names its phases on one line each on the smallest phone', async () => {
    await page.setViewportSize({ width: 320, height: 640 })
    await open(`jobs/${agent.jobsMade[0]?.id}`, '8,120 of 14,031 files')
    const names = page
      .getByRole('listitem')
      .getByText(/^(Waiting for its turn|Taking the snapshot|Database|Files)$/)
    const heights = await names.evaluateAll(found => found.map(name => name.getBoundingClientRect().height))
    expect(heights.map(height => height < 40)).toEqual([true, true, true, true])
  })

  test('says when it is tried again, and is tried at once on request', async () => {
    const triesAgainAt = '2031-03-04T05:06:07.000Z'
    const failure = { code: 'storage_busy', message: 'The storage is busy.' }
    const { id } = agent.addJob({ state: 'delayed', database: 'shop', triesAgainAt, failure })
    await open(`jobs/${id}`, 'The last try failed. The next one begins by itself: 4 Mar 2031')
    await page.getByRole('button', { name: 'Try again now' }).press('Enter')
    await page.getByRole('status').getByText('running').waitFor()
    expect(await page.getByRole('button', { name: 'Try again now' }).count()).toBe(0)
    // Whoever goes by the keyboard goes on from the top of what they were at.
    const heading = page.getByRole('heading', { level: 1 })
    await eventually(async () => expect(await heading.evaluate(it => it.matches(':focus'))).toBe(true))
  })

  test('is found again after the agent was away, and its end that nobody saw is told', async () => {
    const job = agent.jobsMade[0]
    if (job === undefined) throw new Error('no job')
    await open(`jobs/${job.id}`, '8,120 of 14,031 files')
    isDown = true
    server.closeAllConnections()
    await page.getByText('The line to the agent is cut').waitFor()
    agent.jobsMade[0] = { ...job, state: 'completed', finishedAt: new Date().toISOString() }
    isDown = false
    await page.getByText('done', { exact: true }).waitFor()
    await eventually(async () => expect(await page.getByText('The line to the agent is cut').count()).toBe(0))
  })

  test('many jobs need one line to the agent, so that the other calls get through', async () => {
    const streams: string[] = []
    page.on('request', request => {
      if (request.url().endsWith('/events')) streams.push(request.url())
    })
    await open('jobs', hostile)
    await page
      .getByRole('link', { name: /Backup of accounting/ })
      .first()
      .click()
    await page.getByText('about 41 s left').waitFor()
    expect(new Set(streams).size).toBe(1)
  })

  test('one that the agent does not know is said to be unknown', async () => {
    await open('jobs/none', 'There is no such job (any more).')
  })
})
