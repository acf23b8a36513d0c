const MINUTE = 60
const HOUR = 60 * MINUTE

/** What the broker does by the clock, and how often, in seconds. */
export const WORK_EVERY_SECONDS = {
  'resume open payments': 5 * MINUTE,
  'renew accounts': HOUR,
  // A new account sees what it stores while its first backup is still fresh; all others are done once a day.
  'sample usage': 10 * MINUTE,
  'mail notices': 5 * MINUTE,
  'read balances': 24 * HOUR,
  forecast: 6 * HOUR,
} as const

export type WorkName = keyof typeof WORK_EVERY_SECONDS

/** What is done where storage is counted or not, and mail is sent or not. */
export function plannedWork(has: { readonly counts: boolean; readonly mails: boolean }): WorkName[] {
  const names: readonly (readonly [WorkName, boolean])[] = [
    ['resume open payments', true],
    ['renew accounts', true],
    ['sample usage', has.counts],
    ['mail notices', has.mails],
    ['read balances', true],
    ['forecast', true],
  ]
  return names.filter(([, isPlanned]) => isPlanned).map(([name]) => name)
}
