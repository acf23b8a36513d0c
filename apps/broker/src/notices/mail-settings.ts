import { port, secret } from '@odoo-backup/service'
import { z } from 'zod'

/** How notices reach accounts by e-mail. Without a host they do not. */
export const MailSettings = z.object({
  BROKER_SMTP_HOST: z.string().min(1).optional(),
  /** 465 speaks TLS from the start, others by STARTTLS where the server has it. */
  BROKER_SMTP_PORT: port().default(587),
  BROKER_SMTP_USER: z.string().min(1).optional(),
  /** Travels over TLS or not at all. */
  BROKER_SMTP_PASSWORD: secret().optional(),
  /** The sender, such as `Backups <backups@example.com>`. Not set: `odoo-backup@` and the host of `BROKER_PUBLIC_URL`. */
  BROKER_MAIL_FROM: z.string().min(3).max(320).optional(),
})
export type MailSettings = z.output<typeof MailSettings>
