import type { DestinationChange, StorageChange, StorageView } from '@odoo-backup/protocol'

/** Where backups are to go, as it stands in the form. */
export interface StorageDraft {
  readonly kind: StorageView['kind']
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  /** In the bucket. */
  readonly folder: string
  readonly accessKeyId: string
  /** Empty: the present one stays. */
  readonly secretAccessKey: string
  readonly pathStyle: boolean
  /** Of a folder of the server. */
  readonly path: string
}

export function storageDraftOf(view: StorageView): StorageDraft {
  const own = view.kind === 'own'
  return {
    kind: view.kind,
    endpoint: view.endpoint ?? '',
    region: view.region ?? '',
    bucket: view.bucket ?? '',
    folder: own ? (view.folder ?? '') : '',
    accessKeyId: view.accessKeyId ?? '',
    secretAccessKey: '',
    pathStyle: view.pathStyle ?? false,
    path: view.kind === 'directory' ? (view.folder ?? '') : '',
  }
}

/** With another endpoint: most stores that have one want path style addresses, and Amazon, which has none, does not. */
export function withEndpoint(draft: StorageDraft, endpoint: string): StorageDraft {
  const isNamed = endpoint.trim() !== ''
  const wasNamed = draft.endpoint.trim() !== ''
  return { ...draft, endpoint, ...(isNamed === wasNamed ? {} : { pathStyle: isNamed }) }
}

/** What is asked of the agent; a secret that was not typed stays as it is. */
export function storageChangeOf(draft: StorageDraft): StorageChange {
  const { kind, secretAccessKey } = draft
  if (kind === 'broker') return { kind }
  if (kind === 'directory') return { kind, folder: draft.path.trim() }
  const text = (value: string) => value.trim() || null
  return {
    kind,
    endpoint: text(draft.endpoint),
    region: text(draft.region),
    bucket: text(draft.bucket),
    folder: text(draft.folder),
    accessKeyId: text(draft.accessKeyId),
    pathStyle: draft.pathStyle,
    ...(secretAccessKey === '' ? {} : { secretAccessKey }),
  }
}

/** The same of a place that is saved as a whole: what is left empty is not kept, its secret key neither. */
export function destinationChangeOf(draft: StorageDraft): DestinationChange {
  const { kind } = draft
  if (kind === 'broker') return { kind }
  if (kind === 'directory') return { kind, folder: draft.path.trim() }
  const text = (name: 'endpoint' | 'region' | 'bucket' | 'folder' | 'accessKeyId' | 'secretAccessKey') =>
    draft[name].trim() === '' ? {} : { [name]: draft[name].trim() }
  return {
    kind,
    ...text('endpoint'),
    ...text('region'),
    ...text('bucket'),
    ...text('folder'),
    ...text('accessKeyId'),
    ...text('secretAccessKey'),
    pathStyle: draft.pathStyle,
  }
}

/** Whether saving takes the keys of a bucket of one's own out of the agent's file. */
export function losesKeys(current: StorageView, draft: StorageDraft): boolean {
  return current.kind === 'own' && draft.kind === 'broker'
}
