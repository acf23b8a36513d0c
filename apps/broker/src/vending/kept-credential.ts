import { AccountFolder } from '@odoo-backup/protocol'
import type { KeyRing } from '@odoo-backup/service'
import { z } from 'zod'
import { seal, unseal } from './credential-seal.ts'
import type { StoreAccess, VendedCredential } from './store-access.ts'
import type { IssuedSession } from './token-service.ts'

/** A credential with the moment (milliseconds since 1970) from which another one is asked for. */
export interface KeptCredential {
  readonly credential: VendedCredential
  readonly freshUntil: number
}

const Kept = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1),
  expiresAt: z.number(),
  freshUntil: z.number(),
})

/** A credential is handed out until half of the life that it had when it was made has gone. */
export function freshlyIssued(
  session: IssuedSession,
  access: StoreAccess,
  folder: AccountFolder,
  now: number,
): KeptCredential {
  return {
    credential: { ...session, ...placeOf(access, folder) },
    freshUntil: now + (session.expiresAt.getTime() - now) / 2,
  }
}

/**
 * All that a kept credential depends on. It is bound to the sealed text, so that a credential made for another
 * instance, other rights or an earlier configuration does not open: it is a miss.
 */
export function sealingContext(
  access: StoreAccess,
  wanted: { instanceId: string; folder: AccountFolder; policy: string },
): string {
  return JSON.stringify([
    wanted.instanceId,
    wanted.folder,
    wanted.policy,
    access.bucket,
    access.region,
    access.roleArn,
    access.stsEndpoint ?? null,
    access.ttlSeconds,
    access.externalId ?? null,
    access.sessionTags,
  ])
}

export function sealKept(keys: KeyRing, { credential, freshUntil }: KeptCredential, context: string): string {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = credential
  const plain: z.input<typeof Kept> = {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiresAt: expiresAt.getTime(),
    freshUntil,
  }
  return seal(keys, JSON.stringify(plain), context)
}

/** Undefined when the text does not open under these keys and this context, or is of another version's shape. */
export function openKept(
  keys: KeyRing,
  sealed: string,
  context: string,
  { access, folder }: { access: StoreAccess; folder: AccountFolder },
): KeptCredential | undefined {
  const text = unseal(keys, sealed, context)
  if (text === undefined) return undefined
  const kept = Kept.safeParse(JSON.parse(text))
  if (!kept.success) return undefined
  const { freshUntil, expiresAt, ...keyPair } = kept.data
  return {
    credential: { ...keyPair, expiresAt: new Date(expiresAt), ...placeOf(access, folder) },
    freshUntil,
  }
}

function placeOf(access: StoreAccess, folder: AccountFolder) {
  return {
    bucket: access.bucket,
    folder: AccountFolder.parse(folder),
    region: access.region,
    endpoint: access.agentEndpoint,
    pathStyle: access.pathStyle,
  }
}
