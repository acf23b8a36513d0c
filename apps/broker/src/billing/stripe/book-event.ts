import type { Pool, PoolClient } from 'pg'
import { amountOf } from '../credits.ts'
import { addCredit } from '../ledger/kept-credits.ts'
import { inTransaction } from '../ledger/ledger.ts'
import { meaningOf, StripeEvent, type StripeMeaning, type StripeRules } from './event.ts'

/** What became of a message. */
export type Booked = 'applied' | 'repeated' | 'aside'

/**
 * Books a message of Stripe in one transaction with the note that it came: however often it comes, and in whatever
 * order, its money counts once.
 */
export async function bookStripeEvent(
  pool: Pool,
  event: StripeEvent,
  rules: StripeRules,
  now: Date,
): Promise<{ readonly booked: Booked; readonly accountId: string | undefined }> {
  const meaning = meaningOf(event, rules)
  return inTransaction(pool, async client => {
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['stripe'])
    const outcome = await apply(client, meaning, event, now)
    const isApplied = outcome.note === undefined
    if (meaning.kind === 'purchase' && isApplied)
      await applyWaiting(client, meaning.paymentIntent, rules, now)
    const inserted = await client.query(
      `INSERT INTO stripe_event (id, type, applied, note, body, received_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET applied = stripe_event.applied OR EXCLUDED.applied,
         note = CASE WHEN EXCLUDED.applied THEN NULL ELSE stripe_event.note END
       RETURNING (xmax = 0) AS is_new`,
      [event.id, event.type, isApplied, outcome.note ?? null, JSON.stringify(event), now],
    )
    const isNew = inserted.rows[0]?.is_new === true
    return { booked: isApplied ? (isNew ? 'applied' : 'repeated') : 'aside', accountId: outcome.accountId }
  })
}

interface Outcome {
  /** Why it waits for the operator. */
  readonly note?: string
  readonly accountId?: string
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
  if (known.rowCount === 0) return { note: 'the account that paid does not exist' }
  await addCredit(client, {
    accountId,
    kind: 'purchase',
    amount,
    reference: sessionId,
    ...(paymentIntent === undefined ? {} : { reason: paymentIntent }),
    actor: 'stripe',
    at,
  })
  return { accountId }
}

/** Refunds and disputes that came before the purchase that they belong to. */
async function applyWaiting(
  client: PoolClient,
  paymentIntent: string | undefined,
  rules: StripeRules,
  at: Date,
): Promise<void> {
  const { rows } = await client.query<{ body: unknown }>(
    "SELECT body FROM stripe_event WHERE NOT applied AND body #>> '{data,object,payment_intent}' = $1 ORDER BY received_at",
    [paymentIntent ?? null],
  )
  for (const { body } of rows) {
    const event = StripeEvent.parse(body)
    const { note } = await apply(client, meaningOf(event, rules), event, at)
    if (note === undefined)
      await client.query('UPDATE stripe_event SET applied = TRUE, note = NULL WHERE id = $1', [event.id])
  }
}

/** A refund tells the sum of all refunds so far, so only what is new of it is taken back. */
async function giveBack(
  client: PoolClient,
  { paymentIntent, amount, source }: Extract<StripeMeaning, { kind: 'returned' }>,
  event: StripeEvent,
  at: Date,
): Promise<Outcome> {
  const { rows } = await client.query<{ account_id: string }>(
    "SELECT account_id FROM credit_entry WHERE kind = 'purchase' AND reason = $1 AND actor = 'stripe'",
    [paymentIntent],
  )
  const accountId = rows[0]?.account_id
  if (accountId === undefined)
    return { note: 'no purchase of ours belongs to it (yet); apply it again later' }
  const taken = await client.query<{ sum: string }>(
    `SELECT COALESCE(-SUM(amount), 0) AS sum FROM credit_entry
     WHERE kind = 'purchase_returned' AND starts_with(reference, $1)`,
    [`${paymentIntent}:${source}:`],
  )
  const further = amount - amountOf(taken.rows[0]?.sum ?? 0)
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
