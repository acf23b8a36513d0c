import type { Pool } from 'pg'
import { z } from 'zod'
import { Refusal } from '../../http/refusal.ts'
import { type BookedEvent, bookStripeEvent, type Told, UNREADABLE } from './book-event.ts'
import { BOOKED_TYPES, StripeEvent, type StripeRules } from './event.ts'

/** A message of Stripe that could not be applied. */
export const AsideMessage = z.object({
  id: z.string(),
  type: z.string(),
  note: z.string(),
  receivedAt: z.iso.datetime(),
})
export type AsideMessage = z.infer<typeof AsideMessage>

/** Whether a message of this type may come to be booked, once what it belongs to is there or the rules are others. */
export function isEverBooked({ type }: Pick<AsideMessage, 'type'>): boolean {
  return BOOKED_TYPES.includes(type)
}

/** The id of the last message of the page before. */
export const AsideCursor = z.string().min(1).max(255)

export interface AsidePage {
  readonly cursor?: string | undefined
  /** How many at most; the rest follows the last one of these. */
  readonly limit: number
}

/**
 * What waits for the operator, the oldest first; of types that are never booked last, so that they hide no other.
 * @param page a message that was booked or dismissed meanwhile still tells where the next page begins
 */
export async function asideMessages(pool: Pool, { cursor, limit }: AsidePage): Promise<AsideMessage[]> {
  const { rows } = await pool.query<{ id: string; type: string; note: string | null; received_at: Date }>(
    `SELECT id, type, note, received_at FROM stripe_event WHERE NOT applied AND ($3::text IS NULL
       OR (type <> ALL($2), received_at, id) >
         (SELECT type <> ALL($2), received_at, id FROM stripe_event WHERE id = $3))
     ORDER BY type <> ALL($2), received_at, id LIMIT $1`,
    [limit, [...BOOKED_TYPES, UNREADABLE], cursor ?? null],
  )
  return rows.map(({ id, type, note, received_at }) => ({
    id,
    type,
    note: note ?? '',
    receivedAt: received_at.toISOString(),
  }))
}

/** All that wait, in the order of `asideMessages`, some at a time. */
export async function* everyAsideMessage(pool: Pool): AsyncGenerator<AsideMessage> {
  const limit = 200
  let cursor: string | undefined
  do {
    const messages = await asideMessages(pool, { cursor, limit })
    yield* messages
    cursor = messages.length < limit ? undefined : messages.at(-1)?.id
  } while (cursor !== undefined)
}

export interface ApplyAsideOptions {
  readonly rules: StripeRules
  readonly now: Date
  /** Where it fails nothing is booked. */
  readonly told: Told
}

/** Books a message that waits, by the rules of today. @throws HttpProblem when it does not wait or cannot be read */
export async function applyAside(
  pool: Pool,
  id: string,
  { rules, now, told }: ApplyAsideOptions,
): Promise<BookedEvent> {
  const { rows } = await pool.query<{ body: unknown }>(
    'SELECT body FROM stripe_event WHERE id = $1 AND NOT applied',
    [id],
  )
  const event = StripeEvent.safeParse(rows[0]?.body)
  if (!event.success) throw notWaiting()
  // It came before, so that booking it now is never its first time.
  const asApplied = ({ booked, accountId }: BookedEvent): BookedEvent => ({
    booked: booked === 'repeated' ? 'applied' : booked,
    accountId,
  })
  const done = await bookStripeEvent(pool, event.data, rules, now, (event, transaction) =>
    told(asApplied(event), transaction),
  )
  if (done.isDismissed === true) throw notWaiting()
  return asApplied(done)
}

/** @throws HttpProblem when no message of this id waits */
export async function checkWaiting(pool: Pool, id: string): Promise<void> {
  const { rowCount } = await pool.query('SELECT 1 FROM stripe_event WHERE id = $1 AND NOT applied', [id])
  if (rowCount === 0) throw notWaiting()
}

/** Takes a message off the list: nothing is booked for it. @throws HttpProblem when it does not wait */
export async function dismissAside(pool: Pool, id: string, reason: string): Promise<void> {
  const { rowCount } = await pool.query(
    'UPDATE stripe_event SET applied = TRUE, note = $2 WHERE id = $1 AND NOT applied',
    [id, `dismissed: ${reason}`],
  )
  if (rowCount === 0) throw notWaiting()
}

function notWaiting(): Refusal {
  return new Refusal(404, 'not_found', words => words.notWaiting)
}
