/** How numbers and moments are shown, in the reader's language. */

/** A format takes far longer to make than to use, and a page of many databases uses thousands. */
function madeOnce<Options, Format>(
  make: (language: string, options: Options) => Format,
): (language: string, options: Options) => Format {
  const made = new Map<string, Format>()
  return (language, options) => {
    const key = JSON.stringify([language, options])
    const format = made.get(key) ?? make(language, options)
    made.set(key, format)
    return format
  }
}

/** How the reader writes numbers. */
export const numberFormat = madeOnce(
  (language, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options),
)

/** How many, such as `12,412`. */
export function formatCount(count: number, language: string): string {
  return numberFormat(language, {}).format(count)
}

const relativeFormat = madeOnce(
  (language, options: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(language, options),
)

const dateFormatOf = madeOnce(
  (language, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options),
)

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Bytes in decimal units (1 GB = 10⁹ bytes), with at most one decimal. */
export function formatBytes(bytes: number, language: string): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1)
  const scaled = bytes / 1000 ** power
  const digits = power === 0 || scaled >= 100 ? 0 : 1
  // No line ends between a number and its unit.
  return `${numberFormat(language, { maximumFractionDigits: digits }).format(scaled)}\u00a0${UNITS[power]}`
}

/** A span such as `2 h 5 min`, `3 min 20 s`, `8 s`. No line ends between a number and its unit. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const [h, min, s] = [`${hours}\u00a0h`, `${minutes}\u00a0min`, `${rest}\u00a0s`]
  if (hours > 0) return minutes === 0 ? h : `${h} ${min}`
  if (minutes > 0) return rest === 0 ? min : `${min} ${s}`
  return s
}

/**
 * How the reader writes days and hours in a language: as the browser says for its own variety of it, since `9:30 PM` is
 * `21:30` in most places where English is read.
 */
export function dateFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const wishes = typeof navigator === 'undefined' ? undefined : navigator.languages
  const variety = wishes?.find(tag => tag.startsWith(`${language}-`))
  try {
    return dateFormatOf(variety ?? language, options)
  } catch {
    // Chromium on a system without a locale calls its language en-US@posix, which is no tag.
    return dateFormatOf(language, options)
  }
}

/** A moment (ISO 8601) in the reader's own time zone. */
export function formatMoment(iso: string, language: string): string {
  return dateFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
}

/** A day (`2026-01-31`), as moments are written. */
export function formatDay(day: string, language: string): string {
  return dateFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day))
}

/** A share in whole hundredths, as the agent's own pages and commands tell it: what is not at its end is not at 100. */
export function wholePercent(percent: number): number {
  return Math.floor(percent)
}

/** The reader's own time zone, by its short name, such as `CET`. */
export function timeZoneName(language: string): string {
  const parts = dateFormat(language, { timeZoneName: 'short' }).formatToParts(new Date())
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

const STEPS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** How long ago or how soon, such as `3 hours ago`, `in 20 minutes`. */
export function formatRelative(iso: string, now: Date, language: string): string {
  const seconds = (new Date(iso).getTime() - now.getTime()) / 1000
  const words = relativeFormat(language, { numeric: 'auto' })
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return words.format(Math.round(seconds / length), unit)
  }
  return words.format(Math.round(seconds), 'second')
}
