import { Purpose } from '@odoo-backup/protocol'
import { canonicalPurposes } from './session-policy.ts'

/** Purposes as one word, such as `backup+rotate`: equal rights have equal names. */
export function rightsName(purposes: readonly Purpose[]): string {
  return canonicalPurposes(purposes).join('+')
}

/** The name of every set of purposes that there can be. */
export const EVERY_RIGHTS: readonly string[] = Array.from(
  { length: 2 ** Purpose.options.length - 1 },
  (_, index) => rightsName(Purpose.options.filter((_purpose, bit) => ((index + 1) >> bit) % 2 === 1)),
)
