import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Interface, startInterface } from './interface.ts'

/** How names of archives stand on a phone. */

const STAMP = '2026-01-31_04-00-00'
const ENDING = `${STAMP}.zip.enc`
const archive = `a-shop-of-some-length.${ENDING}`
const long = `${'shop-'.repeat(35)}.${STAMP}.zip`.padStart(200, 'x')
const unbroken = `${'unbroken'.repeat(24)}name.zip`
let ui: Interface
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
  for (const name of [archive, long, unbroken]) ui.fixture.agent.keep(name, 'shop')
})
afterAll(() => ui.close())

/** Each place where the name stands, on a screen so wide. */
async function* placesOf(page: Page, name: string, width: number): AsyncGenerator<string> {
  await page.setViewportSize({ width, height: 780 })
  const shown = page.getByText(name, { exact: true })
  await page.goto(`${ui.url}#/backups/${name}`)
  await shown.waitFor()
  yield 'backup'
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('dialog').getByText(name, { exact: true }).waitFor()
  yield 'dialog'
  await page.keyboard.press('Escape')
  await page.goto(`${ui.url}#/restore/${name}`)
  await shown.waitFor()
  yield 'restore'
  const made = await ui.fixture.agent.startVerify(name)
  const index = ui.fixture.agent.jobsMade.findIndex(({ id }) => id === made)
  const job = await ui.fixture.agent.job(made)
  ui.fixture.agent.jobsMade[index] = { ...job, backup: name }
  await page.goto(`${ui.url}#/jobs/${made}`)
  await shown.waitFor()
  yield 'job'
}

/** On how many lines the moment stands with the ending, of each name that has them. */
const linesOfEnding = `(() => {
  const names = [...document.querySelectorAll('bdi')].filter(name => name.textContent.includes('${ENDING}'))
  return names.map(name => {
    const parts = document.createTreeWalker(name, NodeFilter.SHOW_TEXT)
    const begin = name.textContent.indexOf('${ENDING}')
    const tops = new Set()
    let passed = 0
    for (let part = parts.nextNode(); part !== null; part = parts.nextNode()) {
      for (let at = 0; at < part.data.length; at += 1, passed += 1) {
        if (passed < begin || passed >= begin + ${ENDING.length}) continue
        const range = document.createRange()
        range.setStart(part, at)
        range.setEnd(part, at + 1)
        tops.add(Math.round(range.getBoundingClientRect().top))
      }
    }
    return tops.size
  })
})()`

test.each([320, 360])(
  'in a window of %i pixels a moment in the name of an archive stays on one line with the ending, wherever it stands',
  async width => {
    const page = await ui.openInside()
    for await (const place of placesOf(page, archive, width)) {
      const lines = await page.evaluate(linesOfEnding)
      expect([place, new Set(Array.isArray(lines) ? lines : [])]).toEqual([place, new Set([1])])
    }
    expect(ui.faults).toEqual([])
    await page.context().close()
  },
)

test.each([
  ['with a moment', long],
  ['without any place to break', unbroken],
])('a name of 200 characters %s makes nothing wider than the smallest screen', async (_, name) => {
  const page = await ui.openInside()
  const tooWide = `(() => {
    const boxes = [document.documentElement, ...document.querySelectorAll('dialog')]
    return boxes.filter(box => box.scrollWidth > box.clientWidth).map(box => box.tagName)
  })()`
  for await (const place of placesOf(page, name, 320))
    expect([place, await page.evaluate(tooWide)]).toEqual([place, []])
  await page.context().close()
})
