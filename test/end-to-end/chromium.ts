import { type Browser, chromium } from 'playwright-core'
import { chromiumProgram } from '../../infra/sandbox/programs.ts'

/** The machine's Chromium with a fresh profile, which asks nothing of the outside world. */
export function openChromium(): Promise<Browser> {
  const executablePath = chromiumProgram()
  if (executablePath === undefined) throw new Error('There is no Chromium on this machine: install one.')
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
