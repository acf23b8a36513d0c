import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { creditPageUrl } from '../../apps/broker/src/billing/providers/credit-page-url.ts'
import { createIapProvider } from '../../apps/broker/src/billing/providers/iap-provider.ts'
import type { PaymentProvider } from '../../apps/broker/src/billing/providers/payment-provider.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-01T00:00Z'))
})
afterAll(() => desk.close())

function provider(serviceKey = 'the key of the service'): PaymentProvider {
  return createIapProvider({
    url: desk.iap.iapUrl,
    serviceKey,
    serviceName: 'odoo_backup_sh',
    hashedCreditPage: false,
    fetch: globalThis.fetch,
  })
}

async function payer(balance?: number) {
  const account = await desk.registry.newAccount()
  if (balance !== undefined) await desk.credit(account.paymentToken, balance)
  return account
}

const hold = (who: { accountId: string; paymentToken: string }, credits: number) =>
  provider().authorize({ payer: who, amount: credits * 1000, description: 'Backups' })

test('authorize puts aside, capture takes, once, and cancel lets go', async () => {
  const who = await payer(10)
  const first = await hold(who, 4.5)
  expect(await desk.balance(who.paymentToken)).toMatchObject({ balance: 10, available: 5.5 })
  await provider().capture(first)
  await provider().capture(first)
  expect(await desk.balance(who.paymentToken)).toMatchObject({ balance: 5.5, available: 5.5 })
  const second = await hold(who, 5)
  await provider().cancel(second)
  await provider().cancel(second)
  expect(await provider().balance(who)).toBe(5500)
  await expect(provider().capture(second)).rejects.toMatchObject({ code: 'refused' })
})

test('less than was authorized may be captured', async () => {
  const who = await payer(10)
  await provider().capture(await hold(who, 4), { amount: 1500, of: 4000 })
  expect(await desk.balance(who.paymentToken)).toMatchObject({ balance: 8.5, available: 8.5 })
  await provider().capture(await hold(who, 4), { amount: 4000, of: 4000 })
  expect(await desk.balance(who.paymentToken)).toMatchObject({ balance: 4.5, available: 4.5 })
})

test.each([0, -0, -1500, 0.5, 1500.5, 4001, Number.NaN, Number.POSITIVE_INFINITY])(
  'that %d thousandths of 4000 cannot be captured is said before anything is sent, and nothing is taken',
  async amount => {
    const who = await payer(10)
    const transaction = await hold(who, 4)
    const sent: unknown[] = []
    const watched = createIapProvider({
      url: desk.iap.iapUrl,
      serviceKey: 'the key of the service',
      serviceName: 'odoo_backup_sh',
      hashedCreditPage: false,
      fetch: (...asked) => {
        sent.push(asked)
        return fetch(...asked)
      },
    })
    await expect(watched.capture(transaction, { amount, of: 4000 })).rejects.toMatchObject({
      code: 'refused',
    })
    expect(sent).toEqual([])
    expect(await desk.balance(who.paymentToken)).toMatchObject({ balance: 10, available: 6 })
    await watched.capture(transaction)
    expect(sent).toHaveLength(1)
  },
)

test('every hold ends by itself after two hours', async () => {
  const who = await payer(10)
  await hold(who, 10)
  desk.set(new Date(desk.now().getTime() + 2 * 3_600_000 - 1))
  await expect(hold(who, 1)).rejects.toMatchObject({ code: 'insufficient_credit' })
  desk.set(new Date(desk.now().getTime() + 1))
  await expect(hold(who, 1)).resolves.toEqual(expect.any(String))
})

test('too little credit and an unknown account are told in the words of the service', async () => {
  await expect(hold(await payer(1), 2)).rejects.toMatchObject({
    code: 'insufficient_credit',
    message: "You don't have enough credits on your account to use this service.",
  })
  await expect(hold(await payer(), 2)).rejects.toMatchObject({
    code: 'insufficient_credit',
    message: "You don't have an IAP account registered for this service.",
  })
})

/** The payload that a real service was seen to send, under both names that the exception has had. */
const dialog = {
  title: 'Insufficient Balance',
  message: "You don't have enough credits on your account to use this service.",
  base_url: 'https://iap.odoo.com/iap/1/credit/',
  service_name: 'odoo_backup_sh',
  credit: 2.5,
  trial: true,
}
const lacking = (name: string, message: string, told: string[] = []) =>
  createIapProvider({
    url: 'https://iap.odoo.com',
    serviceKey: 'k',
    serviceName: 'odoo_backup_sh',
    hashedCreditPage: false,
    onOddity: what => void told.push(what),
    fetch: async () =>
      Response.json({
        jsonrpc: '2.0',
        id: null,
        error: {
          code: 200,
          message: 'Odoo Server Error',
          data: { name, message, arguments: [message], debug: '' },
        },
      }),
  }).authorize({ payer: { accountId: 'x', paymentToken: 't' }, amount: 2500, description: 'd' })

test.each([
  'odoo.addons.iap.models.iap.InsufficientCreditError',
  'odoo.addons.iap.tools.iap_tools.InsufficientCreditError',
])('what %s carries is read to the last fact', async name => {
  const told: string[] = []
  await expect(lacking(name, JSON.stringify(dialog), told)).rejects.toMatchObject({
    code: 'insufficient_credit',
    message: dialog.message,
    lacking: { serviceName: 'odoo_backup_sh', creditPage: dialog.base_url, credit: 2.5 },
  })
  expect(told).toEqual([])
})

test.each([
  'no JSON',
  '{}',
  '{"message": 5}',
  JSON.stringify({ ...dialog, base_url: 5, service_name: null, credit: 'much' }),
])('credit is lacking also where the rest of it cannot be read: %s', async message => {
  const told: string[] = []
  const asked = lacking('odoo.addons.iap.models.iap.InsufficientCreditError', message, told)
  await expect(asked).rejects.toMatchObject({
    code: 'insufficient_credit',
    message: expect.stringMatching(/enough credit/),
  })
  expect(told).toEqual([])
})

test('the operator is told when accounts are led to a shop whose credit the service does not look for', async () => {
  const told: string[] = []
  const other = { ...dialog, service_name: 'backups', base_url: 'https://iap-sandbox.odoo.com/iap/1/credit/' }
  const asked = lacking('odoo.addons.iap.models.iap.InsufficientCreditError', JSON.stringify(other), told)
  await expect(asked).rejects.toMatchObject({ code: 'insufficient_credit' })
  expect(told).toEqual([
    expect.stringContaining('BROKER_IAP_SERVICE_NAME'),
    expect.stringContaining('BROKER_IAP_URL'),
  ])
})

test.each([
  ['000000', 'insufficient_credit'],
  ['000111', 'insufficient_credit'],
])('the token %s of the sandbox has no credit', async (paymentToken, code) => {
  await expect(hold({ accountId: 'x', paymentToken }, 1)).rejects.toMatchObject({ code })
})

test('the token 111111 of the sandbox always has enough', async () => {
  const token = await hold({ accountId: 'x', paymentToken: '111111' }, 1e6)
  await provider().capture(token)
  await provider().cancel(token)
})

test('a wrong service key is a refusal: nothing was put aside', async () => {
  const who = await payer(10)
  const asking = provider('another key').authorize({ payer: who, amount: 1000, description: 'Backups' })
  await expect(asking).rejects.toMatchObject({ code: 'refused' })
  expect(await desk.balance(who.paymentToken)).toMatchObject({ available: 10 })
})

test.each([
  ['lost', 'unknown'],
  ['html', 'unknown'],
  ['500', 'unknown'],
  ['503', 'unknown'],
  ['redirect', 'unknown'],
  ['huge', 'unknown'],
  ['refused', 'unknown'],
  ['error', 'refused'],
])('the fault "%s" at authorize is %s', async (fault, code) => {
  const who = await payer(10)
  await desk.fault('/iap/1/authorize', fault, who.paymentToken)
  await expect(hold(who, 1)).rejects.toMatchObject({ code })
})

test.each([
  ['odoo.exceptions.AccessError', 'refused'],
  ['builtins.ValueError', 'refused'],
  ['psycopg2.errors.SerializationFailure', 'unknown'],
  ['builtins.KeyError', 'unknown'],
  ['', 'unknown'],
])('the exception %s at capture is %s', async (name, code) => {
  const transaction = await hold(await payer(10), 1)
  await desk.fault('/iap/1/capture', 'error', transaction, 1, name)
  await expect(provider().capture(transaction)).rejects.toMatchObject({ code })
})

test('a service that is not there is unreachable: certainly nothing was put aside', async () => {
  const away = createIapProvider({
    url: 'http://127.0.0.1:4',
    serviceKey: 'k',
    serviceName: 's',
    hashedCreditPage: false,
    fetch: globalThis.fetch,
  })
  const asking = away.authorize({ payer: await payer(10), amount: 1000, description: 'Backups' })
  await expect(asking).rejects.toMatchObject({ code: 'unreachable' })
})

test.each([
  '{}',
  '[]',
  'null',
  '{"jsonrpc":"2.0"}',
  '{"jsonrpc":"2.0","result":""}',
  '{"jsonrpc":"2.0","result":5}',
  '{"error":{}}',
  '{"error":"x"}',
  '{"jsonrpc":"2.0","result":{"a":1}}',
])('the answer %s to authorize is unknown', async text => {
  const odd = createIapProvider({
    url: 'http://iap.example',
    serviceKey: 'k',
    serviceName: 's',
    hashedCreditPage: false,
    fetch: async () => new Response(text, { headers: { 'content-type': 'application/json' } }),
  })
  const asking = odd.authorize({ payer: { accountId: 'x', paymentToken: 't' }, amount: 1, description: 'd' })
  await expect(asking).rejects.toMatchObject({ code: 'unknown' })
  if (text === '{}' || text.startsWith('{"error"'))
    await expect(odd.capture('t')).rejects.toMatchObject({ code: 'unknown' })
})

test('the credit page has the old and the hashed form, and no key of ours', async () => {
  const page = { url: 'https://iap.odoo.com', serviceName: 'odoo_backup_sh', accountToken: 'abc', credit: 10 }
  expect(creditPageUrl({ ...page, hashed: false })).toBe(
    'https://iap.odoo.com/iap/1/credit?service_name=odoo_backup_sh&account_token=abc&credit=10',
  )
  expect(creditPageUrl({ ...page, accountToken: 'abc+disabled', hashed: true })).toBe(
    'https://iap.odoo.com/iap/1/my_account?service_name=odoo_backup_sh&account_token=a9993e364706816aba3e25717850c26c9cd0d89d&hashed=1',
  )
})

test('an answer that never comes is waited for so long, and taken for lost and not for a refusal', async () => {
  const who = await payer(10)
  const hasty = createIapProvider({
    url: desk.iap.iapUrl,
    serviceKey: 'the key of the service',
    serviceName: 'odoo_backup_sh',
    hashedCreditPage: false,
    fetch: globalThis.fetch,
    timeoutMs: 5_000,
  })
  await desk.fault('/iap/1/authorize', 'hang', who.paymentToken)
  const asked = hasty.authorize({ payer: who, amount: 4000, description: 'Backups' })
  await expect(asked).rejects.toMatchObject({ code: 'unknown' })
  // The hold was made all the same: nobody may say that it was not.
  expect(await desk.balance(who.paymentToken)).toMatchObject({ balance: 10, available: 6 })
})
