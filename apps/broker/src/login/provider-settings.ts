import { jsonText, type SecretParts } from '@odoo-backup/service'
import { z } from 'zod'

/** A log-in provider that speaks OAuth 2.0's code flow, such as any OpenID Connect provider. */
export const OAuthProvider = z.strictObject({
  /** Part of the callback path `/auth/<id>/callback` and of every account's identity: never change it. */
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/)
    .refine(id => id !== 'odoo', 'The id "odoo" stands for odoo.com.'),
  /** What the button says. */
  label: z.string().min(1).max(60),
  authorizationUrl: z.url({ protocol: /^https?$/ }),
  tokenUrl: z.url({ protocol: /^https?$/ }),
  /** Answers who the token's owner is (OpenID Connect: `userinfo_endpoint`). */
  profileUrl: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  /** Empty for a public client: PKCE alone protects the code then. */
  clientSecret: z.string().default(''),
  scope: z.string().default('openid email profile'),
  /** The field of the profile that names the person for ever. */
  subjectField: z.string().default('sub'),
})
export type OAuthProvider = z.infer<typeof OAuthProvider>

/** The setting that holds them: a JSON list, secret because of the client secrets. */
export const OAuthProviders = jsonText('Give a JSON list of log-in providers.').pipe(
  z
    .array(OAuthProvider)
    .refine(all => new Set(all.map(one => one.id)).size === all.length, 'Two providers have the same id.'),
)

const WithClientSecrets = jsonText('').pipe(
  z.array(z.object({ clientSecret: z.string() }).catch({ clientSecret: '' })),
)

/** The client secrets in the text of that setting. */
export const clientSecretsIn: SecretParts = text =>
  (WithClientSecrets.safeParse(text).data ?? []).map(({ clientSecret }) => clientSecret)
