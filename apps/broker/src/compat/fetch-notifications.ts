import {
  type CompatNotification,
  FetchNotificationsAnswer,
  FetchNotificationsRequest,
  UserKey,
} from '@odoo-backup/protocol'
import { clientAddress, escapeHtml, type Route, route } from '@odoo-backup/service'
import type { AuditTrail } from '../audit/audit-trail.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import { whoHas } from '../login/who-has.ts'
import type { Notice, NoticeBoard } from '../notices/notice-board.ts'
import type { Standing } from '../registry/instances.ts'

export interface FetchNotificationsDependencies {
  readonly instances: { standing(userKey: UserKey): Promise<Standing> }
  readonly notices: NoticeBoard
  readonly audit: AuditTrail
  readonly keyLimit: RateLimit<UserKey>
}

/** `POST /fetch_notifications`, the call of the former Odoo module. A key of nobody has no notices. */
export function fetchNotificationsRoute({
  instances,
  notices,
  audit,
  keyLimit,
}: FetchNotificationsDependencies): Route {
  return route({
    method: 'post',
    path: '/fetch_notifications',
    summary: 'Notices, as the former Odoo module asks for them',
    tags: ['Former module'],
    body: FetchNotificationsRequest,
    answer: FetchNotificationsAnswer,
    problems: [429],
    async handle({ body: { params }, request }) {
      const since = params.date_last_request ?? undefined
      const none = { result: { date_last_request: since ?? '0', notifications: [] } }
      const key = UserKey.safeParse(params.user_key)
      if (!key.success) return none
      await keyLimit.take(key.data)
      const standing = await instances.standing(key.data)
      if (standing.state !== 'approved') {
        await audit.record({
          action: 'instance.called',
          outcome: 'refused',
          reason: standing.state,
          ...whoHas(standing),
          address: clientAddress(request),
          detail: { call: 'POST /fetch_notifications' },
        })
        return none
      }
      const { cursor, notices: found } = await notices.list(standing.accountId, since)
      return { result: { date_last_request: cursor, notifications: found.map(oldNotice) } }
    },
  })
}

/** Odoo writes times in UTC, to the second; it shows the message as HTML, and knows three types. */
function oldNotice({ createdAt, type, message }: Notice): CompatNotification {
  return {
    date_create: createdAt.toISOString().slice(0, 19).replace('T', ' '),
    type: type === 'instance_bound' ? 'other' : type,
    message: escapeHtml(message),
  }
}
