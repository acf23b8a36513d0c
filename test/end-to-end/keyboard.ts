import type { Page } from 'playwright-core'

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

/** What has the focus, as a screen reader would say it; empty where nothing has. */
export async function focusedWords(page: Page): Promise<string> {
  const focused = page.locator(':focus')
  return (await focused.count()) === 0 ? '' : focused.ariaSnapshot()
}
