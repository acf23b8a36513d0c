import { z } from 'zod'
import { ODOO_COM } from './registry/accounts.ts'

/** One rule that several settings keep together. */
interface Rule {
  /** The setting that is named in the fault. */
  readonly name: string
  readonly message: string
  /** Whether it is kept; asked also when other settings are wrong, whose values are missing then. */
  readonly isKept: (settings: Readonly<Record<string, unknown>>) => boolean
}

/** Of two settings, either both are given or neither. */
function pair(name: string, other: string): Rule {
  return {
    name,
    message: `Give both this and ${other}, or neither.`,
    isKept: settings => (settings[name] === undefined) === (settings[other] === undefined),
  }
}

/** Also where nothing new is charged: attempts that Odoo's service knows, or Stripe's refunds, may still go on. */
function movesMoney({
  BROKER_PAYMENT,
  BROKER_IAP_SERVICE_KEY,
  BROKER_STRIPE_WEBHOOK_SECRET,
}: Parameters<Rule['isKept']>[0]): boolean {
  return (
    (BROKER_PAYMENT !== undefined && BROKER_PAYMENT !== 'none') ||
    BROKER_IAP_SERVICE_KEY !== undefined ||
    BROKER_STRIPE_WEBHOOK_SECRET !== undefined
  )
}

/** What two settings have in common; what is wrong with either is told by its own field. */
const Listed = z.object({
  operators: z.array(z.object({ provider: z.string() })),
  providers: z.array(z.object({ id: z.string() })),
})

const RULES: readonly Rule[] = [
  {
    name: 'BROKER_ODOO_CLIENT_ID',
    message: 'is not set, and neither is BROKER_OAUTH_PROVIDERS: nobody could log in. Set one of them.',
    isKept: ({ BROKER_ODOO_CLIENT_ID, BROKER_OAUTH_PROVIDERS }) =>
      BROKER_ODOO_CLIENT_ID !== undefined ||
      !Array.isArray(BROKER_OAUTH_PROVIDERS) ||
      BROKER_OAUTH_PROVIDERS.length > 0,
  },
  {
    name: 'BROKER_CREDENTIAL_MARGIN_SECONDS',
    message:
      'must be shorter than BROKER_CREDENTIAL_TTL_SECONDS: else no credential would ever be handed out.',
    isKept: ({ BROKER_CREDENTIAL_MARGIN_SECONDS: margin, BROKER_CREDENTIAL_TTL_SECONDS: life }) =>
      typeof margin !== 'number' || typeof life !== 'number' || margin < life,
  },
  {
    name: 'BROKER_IAP_SERVICE_KEY',
    message: 'is not set, but BROKER_PAYMENT is iap: nobody could pay. Set it, or another means of payment.',
    isKept: ({ BROKER_PAYMENT, BROKER_IAP_SERVICE_KEY }) =>
      BROKER_PAYMENT !== 'iap' || BROKER_IAP_SERVICE_KEY !== undefined,
  },
  {
    name: 'BROKER_STATE_FOLDER',
    message:
      'is not set, and neither is BROKER_REDIS_URL: nothing would remember how far the books had come, and after a rollback of the database months would be paid twice. Set it to a folder on another volume than the database, such as /var/lib/odoo-backup-broker.',
    isKept: settings =>
      !movesMoney(settings) ||
      settings.BROKER_STATE_FOLDER !== undefined ||
      settings.BROKER_REDIS_URL !== undefined,
  },
  {
    name: 'BROKER_STRIPE_PAYMENT_LINK',
    message: 'counts only with BROKER_PAYMENT=prepaid: else nobody is led to it.',
    isKept: ({ BROKER_STRIPE_PAYMENT_LINK, BROKER_PAYMENT }) =>
      BROKER_STRIPE_PAYMENT_LINK === undefined || BROKER_PAYMENT === 'prepaid',
  },
  {
    name: 'BROKER_OPERATORS',
    message: 'names a log-in provider that is not configured: give `odoo`, or the id of a further provider.',
    isKept: ({
      BROKER_OPERATORS: operators,
      BROKER_OAUTH_PROVIDERS: providers,
      BROKER_ODOO_CLIENT_ID: odoo,
    }) => {
      const known = Listed.safeParse({ operators, providers })
      if (!known.success) return true
      const ids = [...(odoo === undefined ? [] : [ODOO_COM]), ...known.data.providers.map(({ id }) => id)]
      return known.data.operators.every(({ provider }) => ids.includes(provider))
    },
  },
  pair('BROKER_STS_ACCESS_KEY_ID', 'BROKER_STS_SECRET_ACCESS_KEY'),
  pair('BROKER_USAGE_ACCESS_KEY_ID', 'BROKER_USAGE_SECRET_ACCESS_KEY'),
]

/** Adds the rules to a schema; they are checked beside its fields, so that all faults are told at once. */
export function keptTogether<Schema extends z.ZodObject>(schema: Schema): Schema {
  return RULES.reduce(
    (ruled, { name, message, isKept }) =>
      ruled.refine(settings => isKept(settings), { path: [name], message, when: () => true }),
    schema,
  )
}
