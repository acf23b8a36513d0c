import { type Browser, chromium } from 'playwright-core'

/** Debian's Chromium with a fresh profile, which asks nothing of the outside world. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
