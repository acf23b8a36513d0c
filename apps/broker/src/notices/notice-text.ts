import { Purpose } from '@odoo-backup/protocol'
import { z } from 'zod'
import type { Messages } from '../pages/messages/en.ts'

const day = z.iso.date()

/** What an account is told, for whoever writes the sentence in its language. */
export const NoticeText = z.discriminatedUnion('code', [
  /** `amount` in digits, of what the plan calls `currency`. */
  z.object({ code: z.literal('payment_due'), amount: z.string(), currency: z.string(), since: day }),
  z.object({ code: z.literal('credit_runs_out'), on: day }),
  /** Without `origin` from a command line; `page`: where it can be revoked. */
  z.object({
    code: z.literal('instance_bound'),
    origin: z.string().exactOptional(),
    purposes: z.array(Purpose),
    page: z.string(),
  }),
  /** Its backups may be removed for good. */
  z.object({ code: z.literal('removal'), isLast: z.boolean(), from: day }),
])
export type NoticeText = z.infer<typeof NoticeText>

/** What a notice says in the words of its reader. @param at on the page that it would lead to, it names no address */
export function noticeMessage(
  text: NoticeText,
  { notices, credit }: Messages,
  at: 'account page' | 'elsewhere' = 'elsewhere',
): string {
  switch (text.code) {
    case 'payment_due':
      return notices.paymentDue(`${credit.number(text.amount)} ${credit.currency(text.currency)}`, text.since)
    case 'credit_runs_out':
      return notices.creditRunsOut(text.on)
    case 'instance_bound': {
      const purposes = text.purposes.map(purpose => notices.purposes[purpose]).join(', ')
      const { origin } = text
      const told =
        origin === undefined ? notices.serverBound(purposes) : notices.instanceBound(origin, purposes)
      return `${told} ${at === 'account page' ? notices.revokeHere : notices.revokeAt(text.page)}`
    }
    case 'removal':
      return text.isLast ? notices.lastOfRemoval(text.from) : notices.firstOfRemoval(text.from)
  }
}

/** What was kept of a notice as a code; undefined for one of an older or newer broker, whose English stands beside it. */
export function readNoticeText(kept: unknown): NoticeText | undefined {
  return NoticeText.safeParse(kept).data
}
