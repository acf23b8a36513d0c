import { setTimeout } from 'node:timers/promises'
import type { S3Client } from '@aws-sdk/client-s3'
import { AccountFolder } from '@odoo-backup/protocol'
import type { Log } from '@odoo-backup/service'
import type { Pool } from 'pg'
import { mailNotices } from '../../notices/mail-notices.ts'
import type { Mailer } from '../../notices/mailer.ts'
import { measureFolder } from '../../usage/measure-folder.ts'
import { sampleUsage } from '../../usage/sample-usage.ts'
import { type ForecastDependencies, forecastAccounts } from '../forecast/forecast-accounts.ts'
import type { Billing } from '../open-billing.ts'
import { logMissingPlans } from '../plans/missing-plans.ts'
import type { ScheduledWork } from './broker-jobs.ts'
import { compareBalances } from './compare-balances.ts'
import { unlessAllFail } from './none-succeeded.ts'
import { renewAll } from './renew-all.ts'
import { unlessUnanswered } from './unless-unanswered.ts'
import { plannedWork, WORK_EVERY_SECONDS, type WorkName } from './work-names.ts'

export interface ScheduledWorkDependencies {
  readonly pool: Pool
  readonly billing: Billing
  readonly forecast: ForecastDependencies
  /** Absent where no key for counting is set. */
  readonly usage?:
    | { readonly client: S3Client; readonly bucket: string; readonly pauseSeconds: number }
    | undefined
  /** Absent where the operator has set up no mail. */
  readonly mail?: { readonly mailer: Mailer; readonly publicUrl: string } | undefined
  readonly now: () => Date
  readonly log: Log
}

/** What the broker does by the clock. Each run does what is due and nothing twice, so that a missed one is no loss. */
export function scheduledWork(dependencies: ScheduledWorkDependencies): ScheduledWork[] {
  const { pool, billing, forecast, usage, mail, now, log } = dependencies
  const unlessEachFails = (
    what: string,
    work: (onFailure: (accountId: string, error: unknown) => void) => Promise<number>,
  ) =>
    unlessAllFail(what, noteFailure =>
      work((accountId, error) => {
        noteFailure(error)
        log.error({ err: error, accountId }, what)
      }),
    )
  const runs: Readonly<Record<WorkName, ScheduledWork['run'] | undefined>> = {
    'resume open payments': signal =>
      unlessUnanswered(billing.providers, providers =>
        billing.renewalThrough(providers).resumeAll({ signal }),
      ),
    'renew accounts': async signal => {
      await logMissingPlans({ pool, plans: billing.plans, log })
      return unlessUnanswered(billing.providers, providers =>
        unlessEachFails('renewing an account', onFailure =>
          renewAll({ pool, renewal: billing.renewalThrough(providers), onFailure }, signal),
        ),
      )
    },
    'sample usage':
      usage &&
      (signal =>
        unlessEachFails('measuring a folder', onFailure =>
          sampleUsage(
            {
              pool,
              measure: folder =>
                measureFolder({ ...usage, pause: () => setTimeout(usage.pauseSeconds * 1000) }, folder),
              parseFolder: folder => AccountFolder.parse(folder),
              now,
              onFailure,
            },
            signal,
          ),
        )),
    'mail notices':
      mail &&
      (signal =>
        unlessEachFails('mailing a notice', onFailure =>
          mailNotices({ pool, ...mail, now, onFailure }, signal),
        )),
    // A restored database keeps what it last read, for the operator to compare with.
    'read balances': async signal =>
      (await billing.control.pausedReason()) === undefined
        ? unlessUnanswered(billing.providers, providers =>
            compareBalances({ pool, providers, now }, {}, signal),
          )
        : undefined,
    forecast: signal =>
      unlessUnanswered(billing.providers, ({ current: provider }) =>
        unlessAllFail('looking ahead for an account', noteFailure => {
          const onFailure = (error: unknown) => {
            noteFailure(error)
            forecast.onFailure(error)
          }
          return forecastAccounts({ ...forecast, provider, onFailure }, signal)
        }),
      ),
  }
  return plannedWork({ counts: usage !== undefined, mails: mail !== undefined }).flatMap(name => {
    const run = runs[name]
    return run === undefined ? [] : [{ name, everySeconds: WORK_EVERY_SECONDS[name], run }]
  })
}
