import { expect } from '@jest/globals'
import type { Page } from 'playwright-core'
import { eventually } from './eventually.ts'

const MOST_TURNS = 120

/**
 * Presses Tab until what is described has the focus, backwards on request. Fails where no Tab leads there, and where
 * anything on the way has the focus without showing it.
 */
export async function tabTo(
  page: Page,
  role: string,
  name: RegExp,
  key: 'Tab' | 'Shift+Tab' = 'Tab',
): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await page.keyboard.press(key)
    const focused = page.locator(':focus')
    // Past its last control the focus leaves the page for a turn.
    if ((await focused.count()) === 0) continue
    const snapshot = await focused.ariaSnapshot()
    if (!(await showsFocus(page))) throw new Error(`It does not show that it has the focus: ${snapshot}`)
    // A name with a colon is quoted once more.
    if (new RegExp(`^- '?${role} `).test(snapshot) && name.test(snapshot)) return
  }
  throw new Error(`No ${key} leads to ${role} ${name}`)
}

function showsFocus(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement)
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
  })()`)
}

/** Goes to a control and presses it. */
export async function pressOn(
  page: Page,
  role: string,
  name: RegExp,
  key: 'Enter' | 'Space' = 'Enter',
): Promise<void> {
  await tabTo(page, role, name)
  await page.keyboard.press(key)
}

/** Goes to a field and writes over what stands there. */
export async function typeInto(page: Page, name: RegExp, text: string, role = 'textbox'): Promise<void> {
  await tabTo(page, role, name)
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(text)
}

/** Chooses in the list that has the focus. */
export async function choose(page: Page, option: string): Promise<void> {
  const chosen = 'document.activeElement.selectedOptions[0].textContent'
  await page.locator('select:focus option', { hasText: option }).first().waitFor({ state: 'attached' })
  await page.keyboard.press('Home')
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    if (String(await page.evaluate(chosen)).trim() === option) return
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(`No such option is reached: ${option}`)
}

/** Waits until what has the focus is called so by a screen reader; without words, until anything has it. */
export async function focusSays(page: Page, words = ''): Promise<void> {
  await eventually(async () => {
    const said = await page.locator(':focus').ariaSnapshot({ timeout: 1000 })
    expect(said).not.toBe('')
    expect(said).toContain(words)
  })
}
