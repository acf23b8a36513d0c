import { expect, test } from '@jest/globals'
import { BillingSettings } from '../billing-settings.ts'
import { meaningOf, StripeEvent } from './event.ts'

const account = '01890a5d-ac96-774b-bcce-b302099a8057'

function paid(currency: string, amount_total: number, creditsPerUnit = 1) {
  const object = {
    id: 'cs_1',
    payment_status: 'paid',
    amount_total,
    currency,
    client_reference_id: account,
    payment_intent: 'pi_1',
  }
  const event = StripeEvent.parse({
    id: 'evt_1',
    type: 'checkout.session.completed',
    livemode: true,
    data: { object },
  })
  return meaningOf(event, { livemode: true, currency, creditsPerUnit })
}

// Ten of each, as Stripe writes it.
test.each([
  ['eur', 1000, 10_000],
  ['usd', 1005, 10_050],
  ['isk', 1000, 10_000],
  ['jpy', 10, 10_000],
  ['krw', 10, 10_000],
  ['bhd', 10_000, 10_000],
  ['jod', 10_000, 10_000],
  ['kwd', 5120, 5120],
  ['omr', 10_000, 10_000],
  ['tnd', 10_000, 10_000],
])('an amount of %s is read as it is written: %i', (currency, written, thousandths) => {
  expect(paid(currency, written)).toMatchObject({ kind: 'purchase', amount: thousandths })
  expect(paid(currency, written, 2)).toMatchObject({ kind: 'purchase', amount: 2 * thousandths })
})

test('a currency whose amounts are not certain cannot be the one that is credited', () => {
  expect(BillingSettings.safeParse({ BROKER_STRIPE_CURRENCY: 'ugx' }).success).toBe(false)
  expect(BillingSettings.safeParse({ BROKER_STRIPE_CURRENCY: 'kwd' }).success).toBe(true)
})

test.each(['evt_\u0000', 'evt_\ud83d'])('an id that no database takes is none', id => {
  const event = { id, type: 'x', livemode: true, data: { object: {} } }
  expect(StripeEvent.safeParse(event).success).toBe(false)
})
