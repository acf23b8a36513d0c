import { sentenceOf, WARNINGS_IN_GERMAN, type WarningText } from '@odoo-backup/protocol'
import type { Messages } from '../en/index.ts'

export const warnings: Messages['warnings'] = {
  ofText: text => sentenceOf<WarningText>(WARNINGS_IN_GERMAN, text),
}
