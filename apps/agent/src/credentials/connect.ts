import { BindRequest } from '@odoo-backup/protocol'
import { AgentError } from '../errors.ts'
import type { ConnectionState, PaymentRequired } from '../operations.ts'
import { standing, withAnyPurpose } from './any-purpose.ts'
import type { BrokerClient } from './broker-client.ts'
import type { CredentialSource } from './credential-source.ts'

export interface ConnectDependencies {
  readonly broker: () => BrokerClient
  readonly credentials: CredentialSource
  /** Makes a new user key: a revoked one is never approved again. */
  readonly renewKey: () => Promise<void>
}

/**
 * Connects the instance to an account: takes the one-time code if there is one, then asks for access. An
 * instance that no account knows, or no longer, gets the link where a person logs in.
 */
export async function connectToAccount(
  dependencies: ConnectDependencies,
  request: { readonly redirect?: string; readonly code?: string },
): Promise<ConnectionState> {
  const { broker, credentials } = dependencies
  if (request.code !== undefined) {
    // What was cut off or mistyped needs no question to the broker, whose words are those of its programmers.
    if (!BindRequest.safeParse({ code: request.code }).success)
      throw new AgentError('code_refused', 'This is no such code: copy it whole, as the page shows it.')
    await broker().bind(request.code)
    await credentials.forget()
  }
  try {
    const { result, purpose, refusals } = await withAnyPurpose(wanted => credentials.get(wanted))
    const refusal = standing(refusals)
    if (refusal?.code === 'payment_required')
      return { ...paymentRequired(refusal), ...(purpose === 'restore' ? { mayRestore: true } : {}) }
    const { maskedEmail } = await broker().account()
    return {
      state: 'connected',
      folder: result.folder,
      ...(maskedEmail === undefined ? {} : { account: maskedEmail }),
      ...(refusal?.code === 'storage_full'
        ? { refusal: { code: refusal.code, message: refusal.message } }
        : {}),
    }
  } catch (error) {
    if (!(error instanceof AgentError)) throw error
    if (error.code === 'payment_required') return paymentRequired(error)
    if (error.code === 'access_revoked') await dependencies.renewKey()
    else if (error.code !== 'login_required') throw error
    return { state: 'login_required', authLink: await broker().loginLink(request.redirect) }
  }
}

function paymentRequired({ message, rechargeLink }: AgentError): PaymentRequired {
  return { state: 'payment_required', message, ...(rechargeLink === undefined ? {} : { rechargeLink }) }
}
