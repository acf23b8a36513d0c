import { createHash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { storableJson } from '../../registry/storable-text.ts'
import { inTransaction } from '../../registry/transaction.ts'
import { amountOf } from '../credits.ts'
import { addCredit } from '../ledger/kept-credits.ts'
import { NOTES } from '../notes.ts'
import { meaningOf, StripeEvent, type StripeMeaning, type StripeRules } from './event.ts'

/** What became of a message. */
export type Booked = 'applied' | 'repeated' | 'aside'

export interface BookedEvent {
  readonly booked: Booked
  readonly accountId: string | undefined
  /** The operator has dismissed it: nothing was booked, now or before. */
  readonly isDismissed?: true
}

/** Writes down what a message comes to, by the transaction by which it is booked. */
export type Told = (event: BookedEvent, transaction: PoolClient) => Promise<void>

/**
 * Books a message of Stripe in one transaction with the note that it came: however often it comes, and in whatever
 * order, its money counts once.
 *
 * @param told called with what it comes to, and the transaction by which it is booked: where it fails nothing is
 */
export async function bookStripeEvent(
  pool: Pool,
  event: StripeEvent,
  rules: StripeRules,
  now: Date,
  told?: Told,
): Promise<BookedEvent> {
  const meaning = meaningOf(event, rules)
  return inTransaction(pool, async client => {
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['stripe'])
    // What is bought is looked up in its message when some of it goes back.
    const isNew = await keep(client, event, meaning, now)
    if (!isNew && (await isDismissed(client, event.id)))
      return { booked: 'repeated', accountId: undefined, isDismissed: true }
    const outcome = await apply(client, meaning, event, now)
    const isApplied = outcome.note === undefined
    if (meaning.kind === 'purchase' && isApplied)
      await applyWaiting(client, event.id, meaning.paymentIntent, { rules, at: now })
    await client.query(
      `UPDATE stripe_event SET note = CASE WHEN $2 THEN NULL ELSE $3 END, applied = $2, credited = $4
       WHERE id = $1 AND NOT applied`,
      [event.id, isApplied, outcome.note ?? null, outcome.credited ?? null],
    )
    const booked = isApplied ? (isNew ? 'applied' : 'repeated') : 'aside'
    const done: BookedEvent = { booked, accountId: outcome.accountId }
    await told?.(done, client)
    return done
  })
}

/** True: it had not come before. */
async function keep(
  client: PoolClient,
  event: StripeEvent,
  meaning: StripeMeaning,
  now: Date,
): Promise<boolean> {
  const isForeign = meaning.kind === 'aside' && meaning.isForeign === true
  const body = isForeign ? { ...event, data: { object: { id: event.data.object.id } } } : event
  const { rowCount } = await client.query(
    `INSERT INTO stripe_event (id, type, applied, body, received_at) VALUES ($1, $2, FALSE, $3, $4)
     ON CONFLICT (id) DO NOTHING`,
    [event.id, event.type, storableJson(body), now],
  )
  return rowCount === 1
}

/** What the operator has dismissed is booked no more, however often it comes. */
async function isDismissed(client: PoolClient, id: string): Promise<boolean> {
  // Locked whatever it says: a dismissal waits for this booking, and then finds nothing that waits.
  const { rows } = await client.query<{ is_dismissed: boolean }>(
    'SELECT applied AND note IS NOT NULL AS is_dismissed FROM stripe_event WHERE id = $1 FOR UPDATE',
    [id],
  )
  return rows[0]?.is_dismissed === true
}

/** In place of the type of a message that cannot be read. */
export const UNREADABLE = 'unreadable'

/** Keeps what is signed by Stripe and cannot be read, for the operator; however often it comes, once. */
export async function keepUnreadable(pool: Pool, body: Buffer, now: Date): Promise<void> {
  await pool.query(
    `INSERT INTO stripe_event (id, type, applied, note, body, received_at)
     VALUES ($1, $4, FALSE, $5, $2, $3) ON CONFLICT (id) DO NOTHING`,
    [
      `unreadable:${createHash('sha256').update(body).digest('hex')}`,
      JSON.stringify({ text: body.toString('utf8').replaceAll('\0', '') }),
      now,
      UNREADABLE,
      NOTES.unreadable,
    ],
  )
}

interface Outcome {
  /** Why it waits for the operator. */
  readonly note?: string
  readonly accountId?: string
  /** Thousandths that were credited for it just now. */
  readonly credited?: number
}

async function apply(
  client: PoolClient,
  meaning: StripeMeaning,
  event: StripeEvent,
  at: Date,
): Promise<Outcome> {
  switch (meaning.kind) {
    case 'nothing':
      return {}
    case 'aside':
      return { note: meaning.note }
    case 'purchase':
      return purchase(client, meaning, at)
    case 'returned':
      return giveBack(client, meaning, event, at)
  }
}

async function purchase(
  client: PoolClient,
  { accountId, sessionId, paymentIntent, amount }: Extract<StripeMeaning, { kind: 'purchase' }>,
  at: Date,
): Promise<Outcome> {
  const known = await client.query('SELECT 1 FROM account WHERE id = $1', [accountId])
  if (known.rowCount === 0) return { note: NOTES.no_account }
  const isNew = await addCredit(client, {
    accountId,
    kind: 'purchase',
    amount,
    reference: sessionId,
    ...(paymentIntent === undefined ? {} : { reason: paymentIntent }),
    actor: 'stripe',
    at,
  })
  return { accountId, ...(isNew ? { credited: amount } : {}) }
}

/** Refunds and disputes that came before the purchase that they belong to. */
async function applyWaiting(
  client: PoolClient,
  purchaseId: string,
  paymentIntent: string | undefined,
  { rules, at }: { readonly rules: StripeRules; readonly at: Date },
): Promise<void> {
  const { rows } = await client.query<{ body: unknown }>(
    `SELECT body FROM stripe_event WHERE NOT applied AND id <> $2
     AND body #>> '{data,object,payment_intent}' = $1 ORDER BY received_at FOR UPDATE`,
    [paymentIntent ?? null, purchaseId],
  )
  for (const { body } of rows) {
    const event = StripeEvent.parse(body)
    const { note } = await apply(client, meaningOf(event, rules), event, at)
    if (note === undefined)
      await client.query('UPDATE stripe_event SET applied = TRUE, note = NULL WHERE id = $1', [event.id])
  }
}

/**
 * A refund tells the sum of all refunds so far, so only what is new of it is taken back: the same share of the credits
 * as of the money, whatever a unit buys today, and by refunds and disputes together never more than was bought.
 */
async function giveBack(
  client: PoolClient,
  { paymentIntent, minor, source }: Extract<StripeMeaning, { kind: 'returned' }>,
  event: StripeEvent,
  at: Date,
): Promise<Outcome> {
  const { rows } = await client.query<{ account_id: string; amount: string; paid: string | null }>(
    `SELECT c.account_id, c.amount, (SELECT e.body #>> '{data,object,amount_total}' FROM stripe_event e
       WHERE e.body #>> '{data,object,id}' = c.reference AND e.body #>> '{data,object,payment_status}' = 'paid'
       LIMIT 1) AS paid
     FROM credit_entry c WHERE c.kind = 'purchase' AND c.reason = $1 AND c.actor = 'stripe'`,
    [paymentIntent],
  )
  const [bought] = rows
  if (bought?.paid == null) return { note: NOTES.no_purchase }
  const { account_id: accountId } = bought
  const taken = await client.query<{ of_source: string; of_all: string }>(
    `SELECT COALESCE(-SUM(amount) FILTER (WHERE starts_with(reference, $2)), 0) AS of_source,
       COALESCE(-SUM(amount), 0) AS of_all
     FROM credit_entry WHERE kind = 'purchase_returned' AND starts_with(reference, $1)`,
    [`${paymentIntent}:`, `${paymentIntent}:${source}:`],
  )
  const amount = amountOf(bought.amount)
  const share = Math.ceil((amount * Math.min(minor, Number(bought.paid))) / Number(bought.paid))
  const further = Math.min(
    share - amountOf(taken.rows[0]?.of_source ?? 0),
    amount - amountOf(taken.rows[0]?.of_all ?? 0),
  )
  if (further > 0) {
    await addCredit(client, {
      accountId,
      kind: 'purchase_returned',
      amount: -further,
      reference: `${paymentIntent}:${source}:${event.id}`,
      reason: source,
      actor: 'stripe',
      at,
    })
  }
  return { accountId }
}
