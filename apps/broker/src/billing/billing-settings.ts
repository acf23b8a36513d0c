import { flag, httpUrl, secret } from '@odoo-backup/service'
import { z } from 'zod'
import { CREDIT } from './credits.ts'
import { Plan, PlanList, type Plans, Price, plansOf } from './plans/plan.ts'
import { type StripeRules, UNCERTAIN_CURRENCY } from './stripe/event.ts'

/** How accounts pay. */
export const BillingSettings = z.object({
  /** `iap`: Odoo's in-app purchase service; `prepaid`: credit that the broker keeps; `none`: nothing is charged. */
  BROKER_PAYMENT: z.enum(['iap', 'prepaid', 'none']).optional(),
  /** Plans as a JSON list; new accounts get the first. Not set: one plan of `BROKER_MONTHLY_CREDITS` and no trial. */
  BROKER_PLANS: PlanList.optional(),
  /** Credits for one month, where no plans are set. */
  BROKER_MONTHLY_CREDITS: z.coerce
    .number()
    .pipe(Price)
    .default(10 * CREDIT),

  /** Odoo's in-app purchase service; `https://iap-sandbox.odoo.com` for trials of the set-up. */
  BROKER_IAP_URL: httpUrl().default('https://iap.odoo.com'),
  /** With it and without `BROKER_PAYMENT`, accounts pay through Odoo. */
  BROKER_IAP_SERVICE_KEY: secret().optional(),
  BROKER_IAP_SERVICE_NAME: z.string().default('odoo_backup_sh'),
  /** The link to the page where credit is bought carries the token's SHA-1, as newer versions of Odoo do it. */
  BROKER_IAP_HASHED_CREDIT_PAGE: flag().default(false),

  /** A payment link of Stripe; the account's id is added as `client_reference_id`. */
  BROKER_STRIPE_PAYMENT_LINK: httpUrl().optional(),
  /** The signing secret of the webhook at `/stripe/webhook`, whatever accounts pay by now. Not set: there is no such call. */
  BROKER_STRIPE_WEBHOOK_SECRET: secret(
    z.string().startsWith('whsec_', 'Give the signing secret, whsec_….'),
  ).optional(),
  /** Whether real payments count (`livemode`), or those of Stripe's test mode. */
  BROKER_STRIPE_LIVE: flag().default(true),
  /** The one currency that is credited, and how many credits a whole unit of it buys. */
  BROKER_STRIPE_CURRENCY: z
    .string()
    .regex(/^[a-z]{3}$/)
    .refine(currency => currency !== UNCERTAIN_CURRENCY, 'What Stripe’s amounts in ugx mean is not certain.')
    .default('eur'),
  BROKER_STRIPE_CREDITS_PER_UNIT: z.coerce.number().positive().max(1_000_000).default(1),

  /** Days ahead of which an account is told that its credit will run out. */
  BROKER_FORECAST_DAYS: z.coerce.number().int().min(1).max(365).default(30),
})
export type BillingSettings = z.output<typeof BillingSettings>

/** By which rules messages of Stripe are booked. */
export function stripeRules(settings: BillingSettings): StripeRules {
  return {
    livemode: settings.BROKER_STRIPE_LIVE,
    currency: settings.BROKER_STRIPE_CURRENCY,
    creditsPerUnit: settings.BROKER_STRIPE_CREDITS_PER_UNIT,
  }
}

/** How accounts pay, when the settings do not say it. */
export function paymentMethod(settings: BillingSettings): 'iap' | 'prepaid' | 'none' {
  return settings.BROKER_PAYMENT ?? (settings.BROKER_IAP_SERVICE_KEY === undefined ? 'none' : 'iap')
}

/** The plans that hold; without a means of payment each costs nothing. */
export function configuredPlans(settings: BillingSettings): Plans {
  const single: Plan = {
    ...Plan.parse({ name: 'standard', creditsPerMonth: 0 }),
    creditsPerMonth: settings.BROKER_MONTHLY_CREDITS,
  }
  const [first, ...others] = settings.BROKER_PLANS ?? [single]
  if (paymentMethod(settings) !== 'none') return plansOf([first, ...others])
  const free = (plan: Plan): Plan => ({ ...plan, creditsPerMonth: 0, creditsPerFurtherGigabyte: 0 })
  return plansOf([free(first), ...others.map(free)])
}
