import { type Environment, type Log, readSettings, secretsOf } from '@odoo-backup/service'
import { z } from 'zod'
import { Reason } from '../admin/reason.ts'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { BillingSettings, stripeRules } from '../billing/billing-settings.ts'
import { type Billing, openBilling } from '../billing/open-billing.ts'
import type { BooksDependencies } from '../billing/operation/account-books.ts'
import { type BillingChanges, type By, createBillingChanges } from '../billing/operation/changes.ts'
import { openBooksWitness } from '../billing/witness/open-witness.ts'
import { StateFolderSettings } from '../billing/witness/state-folder.ts'
import { createNoticeBoard, type NoticeBoard } from '../notices/notice-board.ts'
import { firstConnected, openSharedRedis, type SharedRedis, SharedRedisSettings } from '../redis.ts'
import type { RegistryDatabase } from '../registry/database.ts'
import { AccountId } from '../registry/ids.ts'
import { keptTogether } from '../settings-together.ts'
import { WrongUsage } from './command-failure.ts'
import { commandLog, withRegistry } from './registry-session.ts'

/** What the commands on money work with. */
export interface Desk extends BooksDependencies {
  readonly database: RegistryDatabase
  readonly audit: AuditTrail
  readonly notices: NoticeBoard
  readonly billing: Billing
  readonly changes: BillingChanges
}

const now = () => new Date()

const DeskSettings = keptTogether(
  z.object({ ...BillingSettings.shape, ...SharedRedisSettings.shape, ...StateFolderSettings.shape }),
)

/**
 * Opens billing on the registry for one command. Values that cannot be are refused before anything is done, and stand in
 * the audit log too.
 *
 * @param order.call the words of the command, without its values, such as `billing grant`
 */
export async function atDesk<Answer>(
  { call, why }: { readonly call: string; readonly why: string },
  work: (desk: Desk) => Promise<Answer>,
  environment: Environment = process.env,
): Promise<Answer> {
  const settings = readSettings(DeskSettings, environment)
  const log = commandLog(secretsOf(DeskSettings, environment))
  return withRegistry(environment, ({ database, audit }) =>
    withRedis(settings, log, async shared => {
      const notices = createNoticeBoard(database.prisma, now)
      const billing = openBilling({
        settings,
        database,
        notices,
        rechargeLink: async () => '',
        // The folder is the service's: where it is missing, this is another machine.
        witness: await openBooksWitness(settings, shared, { makes: false }),
        fetch: globalThis.fetch,
        now,
        log,
      })
      const { pool } = database
      const { plans, provider, control } = billing
      const changes = createBillingChanges({
        ...billing,
        pool,
        audit,
        stripeRules: stripeRules(settings),
        now,
      })
      const isPaused = async () => (await control.pausedReason()) !== undefined
      try {
        // Before anything is written: rows that a rollback took are seen as missing only until others take their numbers.
        await control.rest()
        return await work({
          database,
          audit,
          notices,
          pool,
          plans,
          provider,
          isPaused,
          now,
          billing,
          changes,
        })
      } catch (error) {
        if (error instanceof WrongUsage)
          await audit.record({
            action: 'billing.called',
            outcome: 'refused',
            actor: 'operator',
            reason: error.code,
            detail: { call, why: why.slice(0, 500) },
          })
        throw error
      } finally {
        await control.close()
      }
    }),
  )
}

/** Opens what brokers share for one piece of work, and closes it. Undefined: the broker is alone, and has none. */
async function withRedis<Answer>(
  { BROKER_REDIS_URL: url, BROKER_REDIS_PREFIX: prefix }: SharedRedisSettings,
  log: Log,
  work: (shared: SharedRedis | undefined) => Promise<Answer>,
): Promise<Answer> {
  if (url === undefined) return work(undefined)
  const shared = openSharedRedis(url, prefix, error => log.warn({ reason: error.message }, 'Redis is away'))
  await firstConnected(shared)
  try {
    return await work(shared)
  } finally {
    // What is on its way to Redis still gets there; where Redis is away, nothing is.
    await shared.redis.quit().catch(() => shared.redis.disconnect())
  }
}

/** Whoever runs a command. @throws WrongUsage for an empty reason */
export function by(reason: string): By {
  const { success, data } = Reason.safeParse({ reason })
  if (!success) throw new WrongUsage('Say why in at least three letters: it stands in the audit log.')
  return { actor: 'operator', ...data }
}

/** @throws WrongUsage for a text that is no id of an account */
export function accountOf(text: string): AccountId {
  const { success, data } = AccountId.safeParse(text)
  if (!success) throw new WrongUsage('Give the id of the account, as its page and the admin calls show it.')
  return data
}

/** A look at money is in the audit log too, with its reason, as a call of the admin API is. */
export async function noteLook(
  { audit }: Desk,
  action: string,
  { accountId, why }: { readonly accountId?: string; readonly why: string },
): Promise<void> {
  await audit.record({
    ...by(why),
    action: `billing.${action}`,
    outcome: 'done',
    ...(accountId === undefined ? {} : { accountId }),
  })
}
