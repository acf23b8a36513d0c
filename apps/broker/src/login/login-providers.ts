import type { BrokerSettings } from '../settings.ts'
import type { LoginProvider } from './authenticator.ts'
import type { LoginStates } from './login-states.ts'
import { OAuthStrategy } from './oauth-strategy.ts'
import { OdooComStrategy } from './odoo-com-strategy.ts'

/** The ways to log in that are configured, odoo.com first. */
export function loginProviders(
  settings: BrokerSettings,
  { states, fetch }: { states: LoginStates; fetch: typeof globalThis.fetch },
): LoginProvider[] {
  const callbackUrl = (id: string) => `${settings.BROKER_PUBLIC_URL}/auth/${id}/callback`
  const providers: LoginProvider[] = []
  if (settings.BROKER_ODOO_CLIENT_ID !== undefined) {
    const strategy = new OdooComStrategy({
      authorizationUrl: settings.BROKER_ODOO_AUTHORIZATION_URL,
      tokenInfoUrl: settings.BROKER_ODOO_TOKENINFO_URL,
      clientId: settings.BROKER_ODOO_CLIENT_ID,
      scope: settings.BROKER_ODOO_SCOPE,
      callbackUrl: callbackUrl('odoo'),
      states,
      fetch,
    })
    providers.push({ id: 'odoo', label: 'Odoo.com', answersInFragment: true, strategy })
  }
  for (const provider of settings.BROKER_OAUTH_PROVIDERS) {
    const { id, label } = provider
    const strategy = new OAuthStrategy({ provider, callbackUrl: callbackUrl(id), states, fetch })
    providers.push({ id, label, answersInFragment: false, strategy })
  }
  return providers
}
