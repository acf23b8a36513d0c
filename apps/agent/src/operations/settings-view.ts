import type { AgentSettings } from '@odoo-backup/protocol'
import type { SettingsFields } from '../config/settings.ts'
import { privateBucket } from '../config/settings.ts'

/** The settings as people see them, without their secrets. */
export function settingsView(fields: SettingsFields): AgentSettings {
  return {
    storage: storageView(fields),
    publicUrl: fields.public_url,
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
      webhook: fields.notice_webhook === undefined ? undefined : new URL(fields.notice_webhook).origin,
      allowPrivateAddresses: fields.notice_private_addresses,
    },
  }
}

function storageView(fields: SettingsFields): AgentSettings['storage'] {
  if (fields.directory !== undefined) return { kind: 'directory', folder: fields.directory }
  const own = privateBucket(fields)
  if (own === undefined) return { kind: 'broker', broker: fields.broker_url }
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
