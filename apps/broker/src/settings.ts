import {
  durationSeconds,
  httpOrigin,
  httpUrl,
  keyRing,
  keysOfRing,
  networks,
  passwordOfUrl,
  port,
  secret,
} from '@odoo-backup/service'
import { z } from 'zod'
import { BillingSettings } from './billing/billing-settings.ts'
import { StateFolderSettings } from './billing/witness/state-folder.ts'
import { clientSecretsIn, OAuthProviders } from './login/provider-settings.ts'
import { MailSettings } from './notices/mail-settings.ts'
import { Operators } from './operators/operator-settings.ts'
import { Contact } from './pages/contact.ts'
import { SharedRedisSettings } from './redis.ts'
import { keptTogether } from './settings-together.ts'
import { UsageSettings } from './usage/usage-settings.ts'
import { VendingSettings } from './vending/vending-settings.ts'

const Settings = z.object({
  /** Where the broker listens. Loopback by default: put a proxy with TLS before it. */
  BROKER_HOST: z.string().default('127.0.0.1'),
  BROKER_PORT: port().default(8080),
  /** How browsers and agents reach it; every link that it makes begins so. https makes cookies `Secure`. */
  BROKER_PUBLIC_URL: httpOrigin(),
  /** Addresses or networks of the proxies before it, whose `X-Forwarded-*` count. */
  BROKER_TRUSTED_PROXIES: networks().default([]),
  BROKER_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),

  /** PostgreSQL, which holds the registry. */
  BROKER_DATABASE_URL: secret(
    z.string().regex(/^postgres(ql)?:\/\//, 'Give a postgresql:// URL.'),
    passwordOfUrl,
  ),
  BROKER_DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(10),
  /** What keys of instances are hashed with, such as `k2:<base64>,k1:<base64>`; the first is the current one. How to rotate: docs/broker.md. */
  BROKER_HASHING_KEYS: secret(keyRing(), keysOfRing),

  /** The UUID by which this service asks odoo.com for log-ins. Not set: no log-in by odoo.com. */
  BROKER_ODOO_CLIENT_ID: z.string().min(1).max(100).optional(),
  BROKER_ODOO_AUTHORIZATION_URL: httpUrl().default('https://accounts.odoo.com/oauth2/auth'),
  BROKER_ODOO_TOKENINFO_URL: httpUrl().default('https://accounts.odoo.com/oauth2/tokeninfo'),
  BROKER_ODOO_SCOPE: z.string().default('userinfo'),
  /** Further log-in providers: a JSON list of objects as `OAuthProvider` (login/provider-settings.ts) describes. */
  BROKER_OAUTH_PROVIDERS: secret(OAuthProviders, clientSecretsIn).default([]),

  /** Where the operator is reached, as the pages tell it: an e-mail address or a URL. */
  BROKER_CONTACT: Contact.optional(),

  /** Who may enter the operators' pages: a JSON list of objects as `OperatorEntry` (operators/operator-settings.ts) describes. */
  BROKER_OPERATORS: Operators.default([]),

  /** How many log-ins of one address may wait for their answer at the same time. */
  BROKER_PENDING_LOGINS_PER_ADDRESS: z.coerce.number().int().min(1).default(50),
  /** Requests of one address, and of one key, within `BROKER_RATE_SECONDS`. */
  BROKER_RATE_PER_ADDRESS: z.coerce.number().int().min(1).default(600),
  BROKER_RATE_PER_KEY: z.coerce.number().int().min(1).default(240),
  BROKER_RATE_SECONDS: durationSeconds().default(60),

  ...SharedRedisSettings.shape,
  ...StateFolderSettings.shape,
  ...BillingSettings.shape,
  ...MailSettings.shape,
  ...UsageSettings.shape,
  ...VendingSettings.shape,
})
/** All settings of the broker, as environment variables; those marked secret may come from `NAME_FILE`. */
export const BrokerSettings = keptTogether(Settings)
export type BrokerSettings = z.output<typeof BrokerSettings>
