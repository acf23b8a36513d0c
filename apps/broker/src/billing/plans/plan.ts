import { z } from 'zod'
import { LARGEST_AMOUNT, thousandths } from '../credits.ts'

/** Credits in a configuration: not negative, no finer than a thousandth. Read as thousandths. */
export const Price = z
  .number()
  .nonnegative()
  .transform((value, context) => {
    const amount = thousandths(value)
    if (amount !== undefined && amount <= LARGEST_AMOUNT / 1000) return amount
    context.addIssue({
      code: 'custom',
      message: 'Give credits with at most three decimals, at most a million.',
    })
    return z.NEVER
  })
const Days = z.int().min(0).max(3650)

/** What an account is offered, and what it costs. A gigabyte is 10⁹ bytes. */
export const Plan = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'Name plans by small letters, digits and hyphens.'),
  creditsPerMonth: Price,
  includedGigabytes: z.int().min(0).max(1_000_000).default(0),
  creditsPerFurtherGigabyte: Price.default(0),
  /** Above it no backup is taken; what is stored stays. */
  storageCapGigabytes: z.int().min(1).max(10_000_000).optional(),
  trialDays: Days.default(0),
  /** After a payment failed, everything goes on for so long. */
  graceDays: Days.default(7),
  /** After grace, backups can still be restored for so long. */
  restoreDays: Days.default(90),
  /** What pages write behind an amount. */
  currencyLabel: z.string().min(1).max(20).default('credits'),
})
export type Plan = z.output<typeof Plan>

/** All plans; new accounts get the first. */
export interface Plans {
  readonly standard: Plan
  find(name: string): Plan | undefined
  readonly names: readonly string[]
}

/** @param list at least one plan, with names of their own */
export function plansOf(list: readonly [Plan, ...Plan[]]): Plans {
  const byName = new Map(list.map(plan => [plan.name, plan]))
  return { standard: list[0], find: name => byName.get(name), names: [...byName.keys()] }
}

/** Whether nothing is charged by any of these. */
export function isFree({ names, find }: Plans): boolean {
  return names.map(find).every(plan => plan?.creditsPerMonth === 0 && plan.creditsPerFurtherGigabyte === 0)
}

/** A JSON list of plans, as a setting. */
export const PlanList = z.string().transform((text, context): [Plan, ...Plan[]] => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return refuse('Give a JSON list of plans.')
  }
  const read = z.tuple([Plan], Plan).safeParse(json)
  if (!read.success)
    return refuse(read.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; '))
  if (new Set(read.data.map(({ name }) => name)).size < read.data.length)
    return refuse('Two plans have one name.')
  // All are paid from one balance, and a debt of a former plan is told by the plan of now.
  if (new Set(read.data.map(({ currencyLabel }) => currencyLabel)).size > 1)
    return refuse('Give all plans one currencyLabel: they are paid from one balance.')
  return read.data
})
