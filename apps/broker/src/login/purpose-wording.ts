import type { Purpose } from '@odoo-backup/protocol'

/** What each purpose lets an instance do, for people. */
export const PURPOSE_WORDING: Readonly<Record<Purpose, string>> = {
  backup: 'Store new backups, and list the names and sizes of those in your account',
  restore: 'Read all backups in your account',
  rotate: 'Delete backups that are no longer kept (the operator can bring deleted ones back for a while)',
}
