import { formatCredits } from '../billing/credits.ts'
import type { ConsoleMessages } from './messages/index.ts'

/** Credits as the reader's language writes them. @param credits with up to three decimals */
export function creditsText({ number }: ConsoleMessages, credits: number): string {
  return number(formatCredits(Math.round(credits * 1000)))
}

/** Gigabytes of 10⁹ bytes, to the hundredth. */
export function gigabytesText({ number }: ConsoleMessages, bytes: number): string {
  return number((bytes / 1e9).toFixed(2))
}
