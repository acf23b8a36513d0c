import { Purpose } from '@odoo-backup/protocol'
import { z } from 'zod'

/** The ticked boxes of a form: one sends a text, several a list, none nothing at all. */
export const TickedPurposes = z
  .union([Purpose.transform(one => [one]), z.array(Purpose).max(Purpose.options.length)])
  .default([])
