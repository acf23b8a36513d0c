import type { AccountFolder, Purpose, UserKey } from '@odoo-backup/protocol'
import { AccountFolder as FolderSchema, Purpose as PurposeSchema } from '@odoo-backup/protocol'
import type { KeyRing } from '@odoo-backup/service'
import { z } from 'zod'
import type { RegistryDatabase } from './database.ts'
import { createGroupedQuery, GROUPED_QUERY_TIMEOUT_MS } from './grouped-query.ts'
import { AccountId, InstanceId } from './ids.ts'
import type { LastSeen } from './last-seen.ts'
import { hashUserKey, possibleHashes } from './user-key-hash.ts'

/** What a user key may do at this moment. */
export type Standing =
  | { readonly state: 'unknown' }
  | { readonly state: 'pending' | 'revoked'; readonly instanceId: InstanceId }
  | {
      readonly state: 'approved'
      readonly instanceId: InstanceId
      readonly accountId: AccountId
      readonly folder: AccountFolder
      readonly purposes: readonly Purpose[]
      readonly suspended: boolean
    }

export type ApprovedStanding = Extract<Standing, { state: 'approved' }>

const Row = z.object({
  id: InstanceId,
  key_hash: z.instanceof(Buffer),
  key_id: z.string(),
  state: z.enum(['pending', 'approved', 'revoked']),
  purposes: z.array(PurposeSchema),
  account_id: AccountId.nullable(),
  folder: FolderSchema.nullable(),
  suspended: z.boolean(),
})

/**
 * One indexed look-up for many keys. Not through Prisma: every call of every agent passes here, and a prepared
 * statement of the driver, asked for all who wait at once, is many times faster.
 */
const STANDING = {
  name: 'instance-standing',
  query_timeout: GROUPED_QUERY_TIMEOUT_MS,
  text: `SELECT i.id, i.key_hash, i.key_id, i.state, coalesce(i.purposes::text[], '{}') AS purposes, i.account_id,
                a.folder, a.suspended_at IS NOT NULL AS suspended
           FROM instance i LEFT JOIN account a ON a.id = i.account_id
          WHERE i.key_hash = ANY($1::bytea[])`,
}
/** So many keys are looked up in one statement at most. */
const LARGEST_GROUP = 200

export interface Instances {
  /** What the key may do now. */
  standing(userKey: UserKey): Promise<Standing>
  /** The row of a key that asks to be bound, made if there is none. */
  register(userKey: UserKey): Promise<Exclude<Standing, { state: 'unknown' }>>
}

export interface InstancesDependencies {
  readonly database: RegistryDatabase
  readonly keyRing: KeyRing
  readonly lastSeen: Pick<LastSeen, 'note'>
  readonly now: () => Date
}

export function createInstances({ database, keyRing, lastSeen, now }: InstancesDependencies): Instances {
  const find = createGroupedQuery(async (asked: readonly Buffer[][]) => {
    const { rows } = await database.pool.query({ ...STANDING, values: [asked.flat()] })
    const byHash = new Map(rows.map(row => Row.parse(row)).map(row => [row.key_hash.toString('latin1'), row]))
    return asked.map(
      hashes =>
        hashes.map(hash => byHash.get(hash.toString('latin1'))).find(row => row !== undefined) ?? 'none',
    )
  }, LARGEST_GROUP)

  async function standing(userKey: UserKey): Promise<Standing> {
    const row = await find(possibleHashes(keyRing, userKey).map(hash => Buffer.from(hash)))
    if (row === 'none') return { state: 'unknown' }
    if (row.key_id !== keyRing.current.id) await underCurrentKey(row.id, userKey)
    lastSeen.note(row.id)
    return standingOf(row)
  }

  /** A key found under an old entry of the ring moves to the current one, so that the old can be retired. */
  async function underCurrentKey(id: InstanceId, userKey: UserKey): Promise<void> {
    const { keyId, hash } = hashUserKey(keyRing, userKey)
    await database.prisma.instance.update({ where: { id }, data: { keyId, keyHash: hash } })
  }

  async function register(userKey: UserKey) {
    const { keyId, hash } = hashUserKey(keyRing, userKey)
    const known = await standing(userKey)
    if (known.state !== 'unknown') return known
    // Not Prisma's upsert: of two first calls at the same moment it lets one fail.
    await database.prisma.instance.createMany({
      data: [{ keyHash: hash, keyId, purposes: [], createdAt: now() }],
      skipDuplicates: true,
    })
    const row = await database.prisma.instance.findUniqueOrThrow({
      where: { keyHash_keyId: { keyHash: hash, keyId } },
    })
    return { state: 'pending' as const, instanceId: InstanceId.parse(row.id) }
  }

  return { standing, register }
}

function standingOf(row: z.infer<typeof Row>): Standing {
  if (row.state !== 'approved' || row.account_id === null || row.folder === null)
    return { state: row.state === 'revoked' ? 'revoked' : 'pending', instanceId: row.id }
  return {
    state: 'approved',
    instanceId: row.id,
    accountId: row.account_id,
    folder: row.folder,
    purposes: row.purposes,
    suspended: row.suspended,
  }
}
