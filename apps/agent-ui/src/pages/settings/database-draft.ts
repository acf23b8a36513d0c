import type {
  DatabaseSettings,
  DatabaseSettingsChange,
  DestinationChange,
  RetentionChange,
  RetentionSettings,
  Schedule,
} from '@odoo-backup/protocol'
import { destinationChangeOf, type StorageDraft, storageDraftOf } from './storage-draft.ts'

/** What somebody wants to set for a database, before it is saved. */
export interface DatabaseDraft {
  readonly enabled: boolean
  readonly schedules: readonly Schedule[]
  readonly drills: readonly Schedule[]
  readonly format: DatabaseSettings['format']
  readonly retention: RetentionSettings
  readonly encryption: EncryptionDraft
  readonly ping: SecretDraft
  readonly destination: DestinationDraft
}

/** Where the backups of one database go. */
export interface DestinationDraft {
  /** Not where those of the agent go. */
  readonly apart: boolean
  /** What was typed stays while `apart` is switched off and on. */
  readonly place: StorageDraft
}

export interface EncryptionDraft {
  readonly encrypted: boolean
  /** Empty: the present one stays. */
  readonly password: string
  readonly again: string
  readonly keptElsewhere: boolean
}

/** An address that is not shown once it is saved. Empty text: it stays, unless it is to be removed. */
export interface SecretDraft {
  readonly text: string
  readonly removed: boolean
}

/** What a place of its own begins with. */
export const NO_PLACE = { kind: 'directory' } as const

export const NO_ENCRYPTION: EncryptionDraft = {
  encrypted: false,
  password: '',
  again: '',
  keptElsewhere: false,
}

export function draftOf(settings: DatabaseSettings): DatabaseDraft {
  const { enabled, schedules, drills, format, retention, encrypted } = settings
  return {
    enabled,
    schedules,
    drills,
    format,
    retention,
    encryption: { ...NO_ENCRYPTION, encrypted },
    ping: { text: '', removed: false },
    destination: {
      apart: settings.destination !== undefined,
      place: storageDraftOf(settings.destination ?? NO_PLACE),
    },
  }
}

/**
 * Only what differs from what was shown: what somebody else changed meanwhile, in another tab or by hand, is not
 * written over.
 */
export function changeOf(base: DatabaseSettings, draft: DatabaseDraft): DatabaseSettingsChange {
  const { encryption, ping, destination } = draft
  const retention = retentionChange(base.retention, draft.retention)
  return {
    ...(draft.enabled === base.enabled ? {} : { enabled: draft.enabled }),
    ...(same(draft.schedules, base.schedules) ? {} : { schedules: [...draft.schedules] }),
    ...(same(draft.drills, base.drills) ? {} : { drills: [...draft.drills] }),
    ...(draft.format === base.format ? {} : { format: draft.format }),
    ...(retention === undefined ? {} : { retention }),
    ...(encryption.encrypted === base.encrypted ? {} : { encrypted: encryption.encrypted }),
    ...(setsPassword(encryption) ? { encryptionPassword: encryption.password } : {}),
    ...(mustConfirm(base, encryption) ? { passwordKeptElsewhere: encryption.keptElsewhere } : {}),
    ...(movesTo(base, destination) ? { destination: destinationOf(destination) } : {}),
    ...(ping.removed ? { pingUrl: null } : ping.text === '' ? {} : { pingUrl: ping.text }),
  }
}

/** Whether the place of a database is another one than what was shown. */
export function movesTo(base: DatabaseSettings, { apart, place }: DestinationDraft): boolean {
  if (!apart || base.destination === undefined) return apart !== (base.destination !== undefined)
  return !same(place, storageDraftOf(base.destination))
}

function destinationOf({ apart, place }: DestinationDraft): DestinationChange | null {
  return apart ? destinationChangeOf(place) : null
}

/** Whether the administrator must say that the password is kept elsewhere too: only where it is new. */
export function mustConfirm(base: { readonly encrypted: boolean }, encryption: EncryptionDraft): boolean {
  return (encryption.encrypted && !base.encrypted) || setsPassword(encryption)
}

export function passwordsDiffer({ encrypted, password, again }: EncryptionDraft): boolean {
  return encrypted && password !== again
}

/** The frames that differ, or undefined where none does. */
export function retentionChange(
  base: RetentionSettings,
  wanted: RetentionSettings,
): RetentionChange | undefined {
  const names = ['hourly', 'daily', 'weekly', 'monthly', 'yearly', 'keepAtLeast'] as const
  const changed = names.filter(name => base[name] !== wanted[name])
  return changed.length === 0 ? undefined : Object.fromEntries(changed.map(name => [name, wanted[name]]))
}

function setsPassword({ encrypted, password }: EncryptionDraft): boolean {
  return encrypted && password !== ''
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
