import { secret } from '@odoo-backup/service'
import { z } from 'zod'
import { VendingSettings } from '../../vending/vending-settings.ts'

/** How long data of accounts that do not pay is kept. */
export const RemovalSettings = z.object({
  /** Days between the two notices, and again between the second and the removal. */
  BROKER_REMOVAL_DAYS: z.coerce.number().pipe(z.int().min(7, 'At least 7 days.').max(3650)).default(30),
})

/** Rights of its own, given to the command alone: nothing that runs by itself can delete what accounts store. */
export const RemovalAccess = VendingSettings.pick({
  BROKER_S3_BUCKET: true,
  BROKER_S3_REGION: true,
  BROKER_S3_ENDPOINT: true,
  BROKER_S3_PATH_STYLE: true,
}).extend({
  REMOVAL_ACCESS_KEY_ID: secret(),
  REMOVAL_SECRET_ACCESS_KEY: secret(),
})
export type RemovalAccess = z.output<typeof RemovalAccess>
