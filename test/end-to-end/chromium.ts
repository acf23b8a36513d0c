import { type Browser, chromium } from 'playwright-core'
import { chromiumProgram } from '../../infra/sandbox/programs.ts'

/** The machine's Chromium with a fresh profile, which asks nothing of the outside world. */
export function openChromium(): Promise<Browser> {
  const executablePath = chromiumProgram()
  if (executablePath === undefined)
    throw new Error(
      'This test opens pages in Chromium, and there is none on this machine. Install the package chromium, or run: npx playwright-core install --with-deps chromium',
    )
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      // Containers give it 64 MiB.
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
