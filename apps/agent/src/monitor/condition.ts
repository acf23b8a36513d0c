import type { Notice } from '@odoo-backup/protocol'

/** What is to be told for as long as it lasts. */
export interface Condition extends Omit<Notice, 'raisedAt' | 'clearedAt'> {
  /** It may pass within minutes: a notice that stands goes on, but none is raised. */
  readonly postponed?: boolean
}
