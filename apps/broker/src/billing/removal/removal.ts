import { AccountFolder } from '@odoo-backup/protocol'
import type { AuditTrail } from '../../audit/audit-trail.ts'
import type { NoticeBoard } from '../../notices/notice-board.ts'
import type { RegistryDatabase } from '../../registry/database.ts'
import { accountEntitlement } from '../charging/account-entitlement.ts'
import { type AccountStanding, accountClock, planOf, readStanding } from '../charging/account-standing.ts'
import type { BillingControl } from '../control.ts'
import type { By } from '../operation/changes.ts'
import type { Plans } from '../plans/plan.ts'
import { giveRemovalNotice, nextStep, readRemovalNotices } from './removal-notices.ts'
import type { Removed } from './remove-folder.ts'

/** Why nothing was removed, or told; the message is for the operator. */
export class RemovalRefused extends Error {
  override readonly name = 'RemovalRefused'
  readonly code = 'removal_refused'
}

export interface RemovalDependencies {
  readonly database: RegistryDatabase
  readonly notices: NoticeBoard
  readonly plans: Plans
  readonly control: BillingControl
  readonly audit: AuditTrail
  readonly now: () => Date
  /** Days between the notices, and between the second and the removal. */
  readonly days: number
}

/** The way from an account that does not pay to a folder that is empty: a notice, another, and the removal. */
export interface Removal {
  /** Gives the first or the second notice, each in its time. @throws RemovalRefused */
  notify(accountId: string, by: By): Promise<{ readonly removedFrom: Date; readonly isSecond: boolean }>
  /** The folder that may be removed now. @throws RemovalRefused */
  check(accountId: string): Promise<AccountFolder>
  /** Removes what the account stores, asking `check` again before each page. @throws RemovalRefused */
  remove(accountId: string, by: By, work: RemovalWork): Promise<Removed>
}

export type RemovalWork = (
  folder: AccountFolder,
  options: { readonly writtenBefore: Date; readonly mayGoOn: () => Promise<void> },
) => Promise<Removed>

const DAY_MS = 86_400_000

export function createRemoval(dependencies: RemovalDependencies): Removal {
  const { database, notices, plans, control, audit, now, days } = dependencies

  /** Only who was certainly not paid for, and may not even restore any more. */
  async function lapsed(accountId: string): Promise<AccountStanding> {
    const paused = await control.pausedReason()
    if (paused !== undefined) throw new RemovalRefused('Billing is paused: nobody can pay now.')
    const standing = await readStanding(database.pool, accountId)
    if (standing === undefined) throw new RemovalRefused('There is no account of this id.')
    const plan = planOf(standing, plans)
    const { state } = accountEntitlement(standing, {
      plan,
      now: accountClock(standing, now()),
      isPaused: false,
    })
    if (state !== 'lapsed')
      throw new RemovalRefused(
        `This account is ${state}: only what is unpaid, and past the days of restore, is removed.`,
      )
    if (standing.debt?.state !== 'failed' || standing.debt.note !== 'insufficient_credit')
      throw new RemovalRefused('The payment service has not said that this account cannot pay.')
    return standing
  }

  async function check(accountId: string): Promise<AccountFolder> {
    const standing = await lapsed(accountId)
    const { step, from } = nextStep(await readRemovalNotices(database, standing), days)
    if (step !== 'removal')
      throw new RemovalRefused(`The ${step} has not been given: billing removal-notice ${accountId}.`)
    if (now() < from)
      throw new RemovalRefused(`The time is not over: the notices allow it from ${from.toISOString()} on.`)
    const { rows } = await database.pool.query<{ folder: string }>(
      'SELECT folder FROM account WHERE id = $1',
      [accountId],
    )
    return AccountFolder.parse(rows[0]?.folder)
  }

  async function record(action: string, accountId: string, by: By, detail: Record<string, string | number>) {
    await audit.record({ action: `billing.${action}`, outcome: 'done', ...by, accountId, detail })
  }

  /** What is refused is in the audit log too. */
  async function told<Answer>(
    action: string,
    { accountId, by: { reason: why, ...by } }: { readonly accountId: string; readonly by: By },
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof RemovalRefused)
        await audit.record({
          ...by,
          action: `billing.${action}`,
          outcome: 'refused',
          accountId,
          reason: error.code,
          detail: { why, because: error.message },
        })
      throw error
    }
  }

  async function notify(accountId: string, by: By) {
    const standing = await lapsed(accountId)
    const { step, from } = nextStep(await readRemovalNotices(database, standing), days)
    if (step === 'removal') throw new RemovalRefused('Both notices have been given.')
    if (now() < from) throw new RemovalRefused(`The ${step} may be given from ${from.toISOString()} on.`)
    const isSecond = step === 'second notice'
    const removedFrom = new Date(now().getTime() + (isSecond ? 1 : 2) * days * DAY_MS)
    await record('removal_notice', accountId, by, { notice: step, removedFrom: removedFrom.toISOString() })
    await giveRemovalNotice(notices, accountId, { isSecond, removedFrom })
    return { removedFrom, isSecond }
  }

  async function remove(accountId: string, by: By, work: RemovalWork) {
    const folder = await check(accountId)
    const writtenBefore = now()
    await record('removal_begun', accountId, by, { folder })
    const removed = await work(folder, {
      writtenBefore,
      mayGoOn: async () => {
        await check(accountId)
      },
    })
    await record('removal_done', accountId, by, { folder, ...removed })
    return removed
  }

  return {
    check,
    notify: (accountId, by) => told('removal_notice', { accountId, by }, () => notify(accountId, by)),
    remove: (accountId, by, work) =>
      told('removal_begun', { accountId, by }, () => remove(accountId, by, work)),
  }
}
