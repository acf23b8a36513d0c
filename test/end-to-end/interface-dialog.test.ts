import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Interface, startInterface } from './interface.ts'

let ui: Interface
beforeAll(async () => {
  ui = await startInterface()
  const createdAt = '2026-01-31T04:00:00Z'
  ui.fixture.agent.storedTokens.push({ name: 'nightly', role: 'look', sha256: 'x', createdAt })
})
afterAll(() => ui.close())

test('a question that Escape closed is asked again at once, however late the browser says that it is closed', async () => {
  const page = await ui.openInside()
  await page.goto(`${ui.url}#/settings`)
  await page.getByRole('button', { name: 'Remove: nightly' }).press('Enter')
  await page.getByRole('dialog').waitFor()
  // As late as never.
  await page.evaluate('window.addEventListener("close", event => event.stopImmediatePropagation(), true)')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Remove: nightly' }).press('Enter')
  await page.getByRole('dialog').waitFor()
  expect(ui.faults).toEqual([])
})

test('the focus is where a question was asked from as soon as the question is gone', async () => {
  const page = await ui.openInside()
  await page.goto(`${ui.url}#/settings`)
  await page.getByRole('button', { name: 'Remove: nightly' }).press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.evaluate(`void (window.focusAfter = new Promise(resolve => {
    new MutationObserver(() => {
      if (document.querySelector('dialog') === null) resolve(document.activeElement.getAttribute('aria-label'))
    }).observe(document.body, { childList: true, subtree: true })
  }))`)
  await page.getByRole('button', { name: 'Cancel' }).press('Enter')
  expect(await page.evaluate('window.focusAfter')).toBe('Remove: nightly')
})
