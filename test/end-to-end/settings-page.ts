import type { Page } from 'playwright-core'
import type { Interface } from './interface.ts'

/** Goes to a place of the interface from an empty page, so that nothing of what was there before is seen. */
export async function goTo(ui: Interface, page: Page, place: string): Promise<void> {
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/${place}`)
}

/** Saves the form of the page, and waits until the page says that it is saved. */
export async function saveForm(page: Page): Promise<void> {
  // It may stand there from the time before.
  const answered = page.waitForResponse(answer => answer.request().method() === 'PATCH')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await answered
  await page.getByText('Saved.', { exact: true }).waitFor()
}
