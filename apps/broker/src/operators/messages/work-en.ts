import { type Html, html } from '@odoo-backup/service'
import type { WorkName } from '../../billing/operation/work-names.ts'
import type { WorkState } from '../../billing/operation/work-state.ts'

/** What is said of the work by the clock, and of storage that is not counted. */
export const work = {
  title: 'Scheduled work',
  shared: 'One broker at a time does it, for all of them; the times are those of whichever did it.',
  lastDone: 'Last done',
  lastFailed: 'Last failed',
  never: 'never',
  states: {
    done: 'done',
    under_way: 'under way',
    awaited: 'to come',
    failing: 'failed',
    hanging: 'does not end',
    late: 'does not come',
  } satisfies Record<WorkState, string>,
  names: {
    'resume open payments': 'Going on with open payments',
    'renew accounts': 'Beginning months and collecting',
    'sample usage': 'Counting storage',
    'mail notices': 'Mailing notices',
    'read balances': 'Reading balances',
    forecast: 'Telling how far credit goes',
  } satisfies Record<WorkName, string>,
  /** @param count how many, as they are written */
  failed: (name: Html, { times, count }: { readonly times: number; readonly count: string }, at: Html) =>
    times === 1
      ? html`${name}: the last run failed, ${at}.`
      : html`${name}: the last ${count} runs failed, the latest ${at}.`,
  lastDoneAt: (at: Html) => html`It was last done ${at}.`,
  neverDone: 'It was never done.',
  againInTurn: 'The next run comes by itself.',
  /** What waits meanwhile, and where to look. */
  whatToDo: {
    'resume open payments':
      'Payments that are open stay so, and their accounts are served meanwhile. See that the payment service answers.',
    'renew accounts':
      'What is due is not collected meanwhile, and no further month begins for who owes one; nobody is refused for that before the time of grace is over. See that the payment service answers.',
    'sample usage':
      'See that the store runs, and that the key of BROKER_USAGE_ACCESS_KEY_ID may list versions and uploads.',
    'mail notices':
      'Agents get their notices all the same. See that the server of BROKER_SMTP_HOST takes mail of this broker, and for the addresses of the accounts.',
    'read balances':
      'After a restore there is less to compare the balances with. See that the payment service answers.',
    forecast: 'Nobody is told in time that credit runs out. See that the payment service answers.',
  } satisfies Record<WorkName, string>,
  late: (name: Html, since: Html, every: string) =>
    html`${name}: no run has ended since ${since} (its interval: ${every}). The queue of this work does not move: see that a broker runs, and that Redis does where BROKER_REDIS_URL is set, else look in the log for “the job queue”. A broker that is started anew takes the work up.`,
  hanging: (name: Html, since: Html) =>
    html`${name}: a run that was begun ${since} has not ended. Restart the brokers one by one: what it has done stays done, and the next run goes on from there.`,
  samples: 'Storage is counted late.',
  samplesLate: (accounts: string, since: Html) =>
    html`Accounts that were not counted since yesterday began: ${accounts}; the one that waits longest was last counted ${since}.`,
  samplesMissing: (accounts: string, since: Html) =>
    html`Accounts that were never counted: ${accounts}; the one that waits longest has been due since ${since}.`,
  samplesFollow:
    'A month is reckoned by the days that were counted. See that the store runs, and that the key of BROKER_USAGE_ACCESS_KEY_ID may list versions and uploads; the log names the accounts that could not be counted.',
}
