import type { WarningText } from '@odoo-backup/protocol'

export const warnings = {
  /** The agent speaks English; other languages say here what its stable codes mean. */
  ofText: (_text: WarningText): string => '',
} as const
