import type { Pool } from 'pg'
import { storageCap } from '../charging/account-entitlement.ts'
import type { AccountPlan, AccountStanding } from '../charging/account-standing.ts'
import { type AmountWanted, amountWanted } from '../charging/amount-wanted.ts'
import { credits } from '../credits.ts'
import { type AccountBalance, type BooksDependencies, readAccount } from './account-books.ts'

const GIGABYTE = 1_000_000_000

/** How an account stands in credits, and what its pages tell beside that. */
export interface AccountOutlook extends AccountBalance {
  /** It was used: grace can be given, and what is due collected. */
  readonly isUsed: boolean
  /** A first month was opened: its trial is over for good. */
  readonly hasMonth: boolean
  /** Until when an operator has made grace longer. */
  readonly graceUntil: Date | undefined
  /** What its plan costs; absent where that is not known, or nothing. */
  readonly price?: PlanPrice
  /** Days that cost nothing and are to come, with the first use. */
  readonly trialDays: number
  readonly storage: StorageUse
  /** Something is due, and since billing rests nobody is refused for it. */
  readonly isAtRest: boolean
  /** The day, as `2026-01-31`, from which its backups may be removed, where it was given notice of that. */
  readonly removableFrom?: string
  /** Absent where nothing is due, where there is enough, and where nobody knows how much there is. */
  readonly lacking?: LackingAmount
}

/** Credits. */
export interface PlanPrice {
  readonly perMonth: number
  readonly includedGigabytes: number
  readonly perFurtherGigabyte: number
}

/** Gigabytes of 10⁹ bytes. */
export interface StorageUse {
  /** As refusals tell it, rounded up. */
  readonly gigabytes: number
  readonly capGigabytes: number | undefined
  /** No backups are taken until there is less. */
  readonly isFull: boolean
}

/** Credits that have to come so that everything goes on. */
export interface LackingAmount {
  readonly credits: number
  /** That part of what is asked for, but is not due before all else is paid: of the month that then begins. */
  readonly coming: number
}

/** Undefined: there is no such account. */
export async function accountOutlook(
  dependencies: BooksDependencies,
  accountId: string,
): Promise<AccountOutlook | undefined> {
  const found = await readAccount(dependencies, accountId)
  if (found === undefined) return undefined
  const { balance, standing, plan, decision, now, isPaused, kept, held } = found
  const { pool, provider } = dependencies
  const [wanted, removableFrom] = await Promise.all([
    amountWanted(pool, standing, plan, now),
    removalNotice(pool, standing),
  ])
  const price = planPrice(plan)
  const lacking = lackingAmount(wanted, { kept, held, isBoughtHere: !provider.keepsBalances })
  return {
    ...balance,
    isUsed: standing.billing !== undefined,
    hasMonth: standing.period !== undefined,
    graceUntil: standing.billing?.graceUntil,
    ...(price === undefined ? {} : { price }),
    trialDays: standing.billing === undefined ? plan.trialDays : 0,
    storage: {
      gigabytes: Math.ceil(standing.storedBytes / GIGABYTE),
      capGigabytes: storageCap(standing, plan),
      isFull: decision.refusals.backup === 'storage_full',
    },
    isAtRest: isPaused && wanted.owed > 0 && decision.state === 'paid',
    ...(removableFrom === undefined ? {} : { removableFrom }),
    ...(lacking === undefined ? {} : { lacking }),
  }
}

function planPrice(plan: AccountPlan): PlanPrice | undefined {
  const { isKnown, creditsPerMonth, creditsPerFurtherGigabyte, includedGigabytes } = plan
  if (!isKnown || creditsPerMonth + creditsPerFurtherGigabyte === 0) return undefined
  return {
    perMonth: credits(creditsPerMonth),
    includedGigabytes,
    perFurtherGigabyte: credits(creditsPerFurtherGigabyte),
  }
}

/** What is kept here is spent first, and what lies with the payment service makes up for nothing below zero here. */
function lackingAmount(
  { owed, coming, storage }: AmountWanted,
  {
    kept,
    held,
    isBoughtHere,
  }: { readonly kept: number; readonly held: number | undefined; readonly isBoughtHere: boolean },
): LackingAmount | undefined {
  if (owed <= 0 || held === undefined) return undefined
  const there = isBoughtHere ? kept : Math.max(0, kept) + held
  const lacking = owed + coming + storage - there
  return lacking <= 0 ? undefined : { credits: credits(lacking), coming: credits(coming + storage) }
}

/** The day that the last notice of a removal names, of those of this debt that stand. */
async function removalNotice(pool: Pool, { accountId, debt }: AccountStanding): Promise<string | undefined> {
  if (debt === undefined) return undefined
  const { rows } = await pool.query<{ from: string }>(
    `SELECT text->>'from' AS from FROM notice
     WHERE account_id = $1 AND text->>'code' = 'removal' AND withdrawn_at IS NULL AND created_at >= $2
     ORDER BY id DESC LIMIT 1`,
    [accountId, debt.dueAt],
  )
  return rows[0]?.from
}
