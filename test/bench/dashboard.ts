import type { Page } from 'playwright-core'
import { buildWebInterface } from '../end-to-end/built-interface.ts'
import { openChromium } from '../end-to-end/chromium.ts'
import { signInAs } from '../end-to-end/interface.ts'
import { agentInstance, MASTER_PASSWORD } from '../fixtures/agent-instance.ts'
import { agentSurface } from '../fixtures/agent-surface.ts'
import { BACKUPS, DATABASES, FOLDER, fillListedBucket, INSTANCE } from './listed-bucket.ts'

/**
 * Opens the dashboard of 10,000 backups of 200 databases, which lie in Ceph, in Chromium: right after the agent's
 * start, when nothing was listed yet, and as it is as a rule, when the monitor has looked. Then shows all cards and
 * scrolls through them. Ends with status 1 if the dashboard takes 1.5 seconds or more as a rule, or if more than one frame
 * in twenty is felt while it scrolls.
 */
const LIMIT_MS = 1500
const VISITS = 5
/** Longer than the agent keeps a listing as new. */
const BETWEEN_VISITS_MS = 11_000
const WHEEL_TURNS = 60
/** A frame that comes later than this is felt. */
const FELT_MS = 50
const MOST_FELT = 1 / 20

const planned = Array.from(
  { length: DATABASES },
  (_, index) => `[database:shop_${index}]\nodoo_backup_sh_schedule_1 = every 1 days at 02:00 in UTC\n`,
)

/** Milliseconds from the address to a card that can be read. */
async function visit(page: Page): Promise<number> {
  await page.goto('about:blank')
  const begun = performance.now()
  await page.goto(`${surface.url}/odoo_backup_sh/#/`)
  await page.locator('.database-card').first().waitFor()
  return performance.now() - begun
}

/** Scrolls through the page and returns the milliseconds between its frames. */
async function scrollFrames(page: Page): Promise<number[]> {
  await page.evaluate(`(() => {
    globalThis.frames_ = []
    let before = performance.now()
    const note = now => {
      globalThis.frames_.push(now - before)
      before = now
      requestAnimationFrame(note)
    }
    requestAnimationFrame(note)
  })()`)
  await page.mouse.move(600, 400)
  for (let turn = 0; turn < WHEEL_TURNS; turn += 1) await page.mouse.wheel(0, 400)
  await page.waitForFunction('window.scrollY > 5000')
  const frames: unknown = await page.evaluate('globalThis.frames_')
  return Array.isArray(frames) ? frames.filter(frame => typeof frame === 'number') : []
}

await buildWebInterface()
const instance = await agentInstance({ instance_id: INSTANCE }, planned.join(''))
const opened = await instance.open({ worker: 'never' })
await opened.agent.changeSettings({ storage: { folder: FOLDER } })
const surface = await agentSurface(instance, opened)
const browser = await openChromium()

async function measure() {
  const objects = await fillListedBucket(instance.storage)
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
  await page.goto(`${surface.url}/odoo_backup_sh/#/jobs`)
  await signInAs(page, MASTER_PASSWORD)
  await page.getByRole('heading', { name: 'Jobs' }).waitFor()

  const nothingKnownMs = await visit(page)
  await surface.monitor.look()
  const visits: number[] = []
  const answers = new Map<string, number>()
  page.on('requestfinished', request => {
    const name = /\/api\/(\w+)/.exec(request.url())?.[1]
    if (name !== undefined) answers.set(name, Math.round(request.timing().responseEnd))
  })
  for (let turn = 0; turn < VISITS; turn += 1) {
    await new Promise(resolve => setTimeout(resolve, BETWEEN_VISITS_MS))
    visits.push(await visit(page))
  }
  const usableMs = visits.sort((one, other) => one - other)[Math.floor(VISITS / 2)] ?? Number.NaN

  await page.getByRole('button', { name: `Show all ${DATABASES} databases` }).click()
  await page
    .locator('.database-card')
    .nth(DATABASES - 1)
    .waitFor()
  const frames = await scrollFrames(page)
  return {
    bench: 'dashboard',
    backups: BACKUPS,
    databases: DATABASES,
    objects,
    nothingKnownMs: Math.round(nothingKnownMs),
    usableMs: Math.round(usableMs),
    slowestVisitMs: Math.round(visits.at(-1) ?? Number.NaN),
    lastAnswersMs: Object.fromEntries(answers),
    frames: frames.length,
    longestFrameMs: Math.round(Math.max(...frames)),
    feltFrames: frames.filter(frame => frame > FELT_MS).length,
  }
}

try {
  const result = await measure()
  // Last of all: what ends with the agent may have something to say.
  process.once('exit', () => {
    console.log(
      `Usable in ${result.usableMs} ms (nothing known: ${result.nothingKnownMs} ms), longest frame while scrolling ${result.longestFrameMs} ms, felt ${result.feltFrames} of ${result.frames}.`,
    )
    console.log(JSON.stringify(result))
  })
  const isSmooth = result.feltFrames <= result.frames * MOST_FELT
  process.exitCode = result.usableMs < LIMIT_MS && isSmooth ? 0 : 1
} finally {
  await browser.close()
  await surface.close()
  await instance.close()
}
