import type { AgentSettings, StorageView } from '@odoo-backup/protocol'
import { type Place, placeOfAgent } from '../config/place.ts'
import type { LoadedConfiguration } from '../config/store.ts'
import { secretRevisions, settingsRevision } from './settings-revision.ts'

/** The settings as people see them, without their secrets. */
export function settingsView(loaded: LoadedConfiguration): AgentSettings {
  const fields = loaded.settings
  return {
    revision: settingsRevision(loaded),
    secretRevisions: secretRevisions(loaded),
    storage: storageView(placeOfAgent(fields), fields.broker_url),
    publicUrl: fields.public_url,
    odooUrl: fields.odoo_url,
    limits: {
      parallelJobs: fields.parallel_jobs,
      bandwidthBytesPerSecond: fields.bandwidth_limit === 0 ? undefined : fields.bandwidth_limit * 1024,
      niceness: fields.nice,
    },
    notices: {
      mailTo: fields.mail_to ?? [],
      mailFrom: fields.mail_from,
      smtpHost: fields.smtp_host,
      smtpPort: fields.smtp_port,
      smtpUser: fields.smtp_user,
      webhook: fields.notice_webhook === undefined ? undefined : new URL(fields.notice_webhook).origin,
      allowPrivateAddresses: fields.notice_private_addresses,
    },
  }
}

/** A place as people see it: never with its secret. */
export function storageView(place: Place, broker: string): StorageView {
  if (place.kind === 'directory') return { kind: 'directory', folder: place.path }
  if (place.kind === 'broker') return { kind: 'broker', broker }
  const own = place.bucket
  return {
    kind: 'own',
    endpoint: own.endpoint,
    region: own.region,
    bucket: own.bucket,
    folder: own.folder === '.' ? undefined : own.folder,
    pathStyle: own.pathStyle,
    accessKeyId: own.keys.kind === 'fixed' ? own.keys.accessKeyId : undefined,
  }
}
