import type { Pool } from 'pg'
import { z } from 'zod'
import { amountOf, credits } from '../credits.ts'

/** A purchase, or what was taken back of one, for which the books and the messages of Stripe say different things. */
export const PurchaseDifference = z.object({
  accountId: z.uuid().nullable(),
  /** Its Checkout Session, or its payment where it is about what was taken back. */
  purchase: z.string(),
  what: z.enum([
    'credited without a message',
    'paid without credit',
    'credited to another account',
    'credited another amount',
    'taken back another amount',
  ]),
  /** Credits. */
  booked: z.number(),
  /** Credits by the messages; null where they do not tell. */
  told: z.number().nullable(),
})
export type PurchaseDifference = z.infer<typeof PurchaseDifference>

const MOST = 100

/** Messages that were booked; one that the operator has dismissed keeps its reason as a note. */
const BOOKED = 'e.applied AND e.note IS NULL'
const PAID = `${BOOKED} AND e.type IN ('checkout.session.completed', 'checkout.session.async_payment_succeeded')
  AND e.body #>> '{data,object,payment_status}' = 'paid'`

const PURCHASES = `SELECT c.account_id, c.reference AS purchase, 'credited without a message' AS what,
    c.amount AS booked, NULL::bigint AS told
  FROM credit_entry c WHERE c.kind = 'purchase' AND c.actor = 'stripe' AND NOT EXISTS
    (SELECT 1 FROM stripe_event e WHERE e.body #>> '{data,object,id}' = c.reference AND ${PAID})
  UNION ALL
  SELECT c.account_id, e.body #>> '{data,object,id}', CASE WHEN c.id IS NULL THEN 'paid without credit'
      WHEN c.account_id::text <> lower(e.body #>> '{data,object,client_reference_id}') THEN 'credited to another account'
      ELSE 'credited another amount' END,
    COALESCE(c.amount, 0), e.credited
  FROM stripe_event e
  LEFT JOIN credit_entry c ON c.kind = 'purchase' AND c.reference = e.body #>> '{data,object,id}'
  WHERE ${PAID} AND (c.id IS NULL OR c.account_id::text <> lower(e.body #>> '{data,object,client_reference_id}')
    OR e.credited <> c.amount)`

/** As `book-event.ts` takes back: the share of the credits that went back of the money, of each source, never more than all. */
const RETURNED = `WITH sums AS (
    SELECT e.body #>> '{data,object,payment_intent}' AS payment,
      CASE e.type WHEN 'charge.refunded' THEN 'refund' ELSE e.body #>> '{data,object,id}' END AS source,
      MAX((e.body #>> CASE e.type WHEN 'charge.refunded' THEN '{data,object,amount_refunded}'::text[]
        ELSE '{data,object,amount}'::text[] END)::numeric) AS minor
    FROM stripe_event e WHERE ${BOOKED} AND e.type IN ('charge.refunded', 'charge.dispute.funds_withdrawn')
    GROUP BY 1, 2),
  bought AS (
    SELECT c.account_id, c.reason AS payment, c.amount::numeric AS amount,
      (SELECT MAX((e.body #>> '{data,object,amount_total}')::numeric) FROM stripe_event e
        WHERE e.body #>> '{data,object,id}' = c.reference AND ${PAID}) AS paid
    FROM credit_entry c WHERE c.kind = 'purchase' AND c.actor = 'stripe' AND c.reason IS NOT NULL),
  told AS (
    SELECT b.account_id, b.payment, LEAST(b.amount, SUM(div(b.amount * LEAST(s.minor, b.paid) + b.paid - 1, b.paid))) AS amount
    FROM bought b JOIN sums s ON s.payment = b.payment WHERE b.paid > 0 GROUP BY b.account_id, b.payment, b.amount),
  booked AS (
    SELECT account_id, split_part(reference, ':', 1) AS payment, -SUM(amount) AS amount
    FROM credit_entry WHERE kind = 'purchase_returned' AND actor = 'stripe' GROUP BY 1, 2)
  SELECT account_id, payment AS purchase, 'taken back another amount' AS what,
    COALESCE(b.amount, 0)::bigint AS booked, COALESCE(t.amount, 0)::bigint AS told
  FROM booked b FULL JOIN told t USING (account_id, payment) WHERE COALESCE(b.amount, 0) <> COALESCE(t.amount, 0)`

/**
 * Compares what was bought and taken back, by the books, with the messages of Stripe that were kept: each purchase and
 * each payment by itself. Messages that wait for the operator are not booked, and no difference.
 */
export async function purchaseDifferences(pool: Pool): Promise<PurchaseDifference[]> {
  const found: PurchaseDifference[] = []
  for (const query of [PURCHASES, RETURNED]) {
    const { rows } = await pool.query<{
      account_id: string | null
      purchase: string
      what: PurchaseDifference['what']
      booked: string
      told: string | null
    }>(`${query} ORDER BY purchase LIMIT ${MOST}`)
    for (const { account_id, purchase, what, booked, told } of rows)
      found.push({
        accountId: account_id,
        purchase,
        what,
        booked: credits(amountOf(booked)),
        told: told === null ? null : credits(amountOf(told)),
      })
  }
  return found
}
