import { expect, test } from '@jest/globals'
import { PaymentError, type PaymentProvider, providersOf } from '../providers/payment-provider.ts'
import { createPrepaidProvider } from '../providers/prepaid-provider.ts'
import { unlessUnanswered } from './unless-unanswered.ts'

const payer = { accountId: 'an account', paymentToken: 'its token' }
const service = (answers: Partial<PaymentProvider>): PaymentProvider => ({
  ...createPrepaidProvider({}),
  keepsBalances: true,
  ...answers,
})

test('a balance that is not told is no answer', async () => {
  const silent = providersOf(service({ balance: async () => undefined }))
  await expect(unlessUnanswered(silent, ({ current }) => current.balance(payer))).rejects.toMatchObject({
    code: 'none_succeeded',
  })
  const telling = providersOf(service({ balance: async () => 5 }))
  expect(await unlessUnanswered(telling, ({ current }) => current.balance(payer))).toBe(5)
})

test.each([
  ['refused', 'done'],
  ['insufficient_credit', 'done'],
  ['unreachable', 'none_succeeded'],
  ['unknown', 'none_succeeded'],
] as const)('work whose only call fails with %s is %s', async (code, outcome) => {
  const failing = async () => Promise.reject(new PaymentError(code, 'No.'))
  const providers = providersOf(service({ authorize: failing, capture: failing, cancel: failing }))
  for (const call of ['authorize', 'capture', 'cancel'] as const) {
    const seen = await unlessUnanswered(providers, async ({ current }) => {
      if (call === 'authorize') await expect(ask(current)).rejects.toMatchObject({ code })
      else await expect(current[call]('a transaction')).rejects.toMatchObject({ code })
      return 'done'
    }).catch(error => error.code)
    expect(seen).toBe(outcome)
  }
})

const ask = (provider: PaymentProvider) => provider.authorize({ payer, amount: 1000, description: 'a month' })

test('the service that keeps balances is the current one still, by its name too, and another is another', async () => {
  const [iap, prepaid] = [service({ name: 'iap' }), createPrepaidProvider({})]
  await unlessUnanswered(providersOf(iap, prepaid), async ({ current, keeper, find }) => {
    expect(keeper).toBe(current)
    expect(find('iap')).toBe(current)
    expect(find('prepaid')).not.toBe(current)
    expect(find('gone')).toBeUndefined()
  })
  await unlessUnanswered(providersOf(prepaid), async ({ keeper }) => expect(keeper).toBeUndefined())
})

const ended = new Error('The broker is shutting down.')

test('what the work itself fails of comes through', async () => {
  const away = providersOf(
    service({ cancel: async () => Promise.reject(new PaymentError('unknown', 'No.')) }),
  )
  const work = unlessUnanswered(away, async ({ current }) => {
    await current.cancel('a transaction').catch(() => undefined)
    throw ended
  })
  await expect(work).rejects.toBe(ended)
})
