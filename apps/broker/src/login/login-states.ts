import { z } from 'zod'
import type { RegistryDatabase } from '../registry/database.ts'
import { after, LIFETIME } from '../registry/lifetimes.ts'
import { type LoginAim, ReturnPath } from './login-aim.ts'
import { hashOpaqueId, isOpaqueId, newOpaqueId } from './opaque-id.ts'

/** What a walk to a log-in provider must find again when the browser comes back. */
export interface LoginState {
  readonly aim: LoginAim
  /** PKCE (RFC 7636), of providers with the code flow. */
  readonly codeVerifier: string | undefined
}

/**
 * The `state` of OAuth: by id, so that two tabs do not disturb each other; bound to one browser and one provider;
 * taken once.
 */
export interface LoginStates {
  begin(state: LoginState & { provider: string; browserHash: Uint8Array }): Promise<string>
  take(returned: {
    state: unknown
    provider: string
    browserHash: Uint8Array
  }): Promise<LoginState | undefined>
}

const Row = z.object({
  login_request_id: z.string().nullable(),
  return_path: ReturnPath.nullable(),
  code_verifier: z.string().nullable(),
})

export function createLoginStates({ prisma, pool }: RegistryDatabase, now: () => Date): LoginStates {
  return {
    async begin({ provider, browserHash, aim, codeVerifier }) {
      const id = newOpaqueId()
      await prisma.loginState.create({
        data: {
          idHash: hashOpaqueId(id),
          provider,
          browserHash: Uint8Array.from(browserHash),
          loginRequestId: aim.loginRequestId ?? null,
          returnPath: aim.returnPath ?? null,
          codeVerifier: codeVerifier ?? null,
          expiresAt: after(now(), LIFETIME.loginStep),
        },
      })
      return `${provider}.${id}`
    },

    async take({ state, provider, browserHash }) {
      if (typeof state !== 'string' || !state.startsWith(`${provider}.`)) return undefined
      const id = state.slice(provider.length + 1)
      if (!isOpaqueId(id)) return undefined
      // One statement: of two that come at once, one gets the row.
      const { rows } = await pool.query(
        `DELETE FROM login_state WHERE id_hash = $1 AND provider = $2 AND browser_hash = $3 AND expires_at > $4
         RETURNING login_request_id, return_path, code_verifier`,
        [hashOpaqueId(id), provider, browserHash, now()],
      )
      if (rows.length === 0) return undefined
      const row = Row.parse(rows[0])
      return {
        aim: {
          loginRequestId: row.login_request_id ?? undefined,
          returnPath: row.return_path ?? undefined,
        },
        codeVerifier: row.code_verifier ?? undefined,
      }
    },
  }
}
