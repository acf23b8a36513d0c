import { isDeepStrictEqual } from 'node:util'
import type { RemotePlace } from '@odoo-backup/protocol'
import { z } from 'zod'
import { remotePlaceName } from '../wording/remote-place.ts'
import { type PrivateBucket, privateBucket, SettingsFields } from './settings.ts'

/** Where backups go. Holds keys of buckets: it never leaves the agent. */
export type Place =
  | { readonly kind: 'broker' }
  | { readonly kind: 'own'; readonly bucket: PrivateBucket }
  | { readonly kind: 'directory'; readonly path: string; readonly folder?: string }

/** What a database's section may say of a place of its own: `destination`, and the same names as `[options]`. */
export const PlaceFields = SettingsFields.pick({
  directory: true,
  private_s3_dir: true,
  s3_bucket_name: true,
  aws_access_key_id: true,
  aws_secret_access_key: true,
  aws_session_token: true,
  aws_profile: true,
  aws_region: true,
  aws_endpoint: true,
  aws_path_style: true,
  aws_checksums: true,
}).extend({
  destination: z.enum(['broker', 'own', 'directory'], 'Write broker, own or directory.').optional(),
})
export type PlaceFields = z.infer<typeof PlaceFields>

export const PLACE_NAMES: readonly string[] = Object.keys(PlaceFields.shape)

/** A store without keys and folder, by which a job notes where it left something. */
export const PlaceMark = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('broker') }),
  z.object({ kind: z.literal('directory'), path: z.string() }),
  z.object({
    kind: z.literal('own'),
    bucket: z.string(),
    region: z.string(),
    endpoint: z.string().exactOptional(),
    pathStyle: z.boolean(),
  }),
])
export type PlaceMark = z.infer<typeof PlaceMark>

export function markOf(place: Place): PlaceMark {
  switch (place.kind) {
    case 'broker':
      return { kind: 'broker' }
    case 'directory':
      return { kind: 'directory', path: place.path }
    case 'own': {
      const { bucket, region, endpoint, pathStyle } = place.bucket
      return { kind: 'own', bucket, region, ...(endpoint === undefined ? {} : { endpoint }), pathStyle }
    }
  }
}

export function isMarkOf(mark: PlaceMark, place: Place): boolean {
  return isDeepStrictEqual(mark, markOf(place))
}

/**
 * The place that a mark names, opened by keys that the settings still have: those of its bucket, or of another one in
 * the same store. Undefined where there are none. Its folder is any: who has a mark knows the keys of objects.
 */
export function placeOfMark(mark: PlaceMark, inUse: readonly Place[]): Place | undefined {
  if (mark.kind !== 'own') return mark
  const ofStore = inUse.flatMap(place =>
    place.kind === 'own' && place.bucket.endpoint === mark.endpoint ? [place.bucket] : [],
  )
  const known = ofStore.find(({ bucket }) => bucket === mark.bucket) ?? ofStore[0]
  return known === undefined ? undefined : { kind: 'own', bucket: { ...known, ...mark } }
}

/** A place as its administrator knows it. */
export function nameOf(mark: PlaceMark): string {
  return remotePlaceName(remotePlaceOf(mark))
}

/**
 * A place and the folder in it, such as `the bucket mine, folder shop`; undefined where the broker alone knows it. Holds
 * no secret.
 */
export function placeWithFolder(place: Place): string | undefined {
  if (place.kind === 'broker') return undefined
  const folder = place.kind === 'own' ? place.bucket.folder : place.folder
  const name = nameOf(markOf(place))
  return folder === undefined || folder === '.' ? name : `${name}, folder ${folder}`
}

/** What everybody may know of a place who answers for the whole server. */
export function remotePlaceOf(mark: PlaceMark): RemotePlace {
  switch (mark.kind) {
    case 'broker':
      return { kind: 'broker_storage' }
    case 'own':
      return { kind: 'bucket', name: mark.bucket }
    case 'directory':
      return { kind: 'folder', path: mark.path }
  }
}

/** Where the backups of databases go whose sections name no place. */
export function placeOfAgent(fields: SettingsFields): Place {
  if (fields.directory !== undefined) return directory(fields.directory, fields.private_s3_dir)
  const bucket = privateBucket(fields)
  return bucket === undefined ? { kind: 'broker' } : { kind: 'own', bucket }
}

/** The place that a database's section names; none: it is the agent's. `given` are the names that stand there. */
export function placeOfDatabase(
  fields: PlaceFields,
  given: Iterable<string>,
): { place?: Place; fault?: string } {
  const stray = [...given].find(name => name !== 'destination' && PLACE_NAMES.includes(name))
  switch (fields.destination) {
    case undefined:
      return stray === undefined
        ? {}
        : {
            fault: `odoo_backup_sh_${stray} needs odoo_backup_sh_destination = own (or directory) beside it.`,
          }
    case 'broker':
      return { place: { kind: 'broker' } }
    case 'directory':
      return fields.directory === undefined
        ? { fault: 'odoo_backup_sh_destination = directory needs odoo_backup_sh_directory.' }
        : { place: directory(fields.directory, fields.private_s3_dir) }
    case 'own': {
      const bucket = privateBucket(fields)
      return bucket === undefined
        ? {
            fault:
              'odoo_backup_sh_destination = own needs odoo_backup_sh_s3_bucket_name, odoo_backup_sh_aws_access_key_id and odoo_backup_sh_aws_secret_access_key (or odoo_backup_sh_aws_profile).',
          }
        : { place: { kind: 'own', bucket } }
    }
  }
}

/**
 * All places in use, each once: that of database `first`, then the agent's own, then those of other databases.
 */
export function placesInUse(
  configuration: {
    readonly settings: SettingsFields
    readonly databases: ReadonlyMap<string, { readonly place?: Place }>
  },
  first?: string,
): readonly [Place, ...Place[]] {
  const agents = placeOfAgent(configuration.settings)
  const { databases } = configuration
  const leading = (first === undefined ? undefined : databases.get(first)?.place) ?? agents
  const others = [agents, ...[...databases.values()].flatMap(({ place }) => place ?? [])]
  const seen = new Set([JSON.stringify(leading)])
  const rest = others.filter(place => {
    const id = JSON.stringify(place)
    return !seen.has(id) && seen.add(id)
  })
  return [leading, ...rest]
}

function directory(path: string, folder: string | undefined): Place {
  return { kind: 'directory', path, ...(folder === undefined ? {} : { folder }) }
}
