import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { NOTES } from '../../apps/broker/src/billing/notes.ts'
import { until } from '../faults/waiting.ts'
import { newAccount } from '../fixtures/broker-operators.ts'
import type { Form, HttpBrowser, Page } from '../fixtures/http-browser.ts'
import { form, type OperatorDesk, openOperatorDesk, reason } from '../fixtures/operator-desk.ts'

/** What is refused says in German why, with all its particulars, and nothing of it in English. */

let desk: OperatorDesk
let german: HttpBrowser
let account: string
beforeAll(async () => {
  desk = await openOperatorDesk()
  account = await newAccount(desk.broker)
  german = await desk.enter('admin')
  await desk.open('/operator?language=de', german)
})
afterAll(() => desk.broker.close())

/** Sends a form as it stands on a page, or to another address, as a page does that was opened long ago. */
async function send(
  path: string,
  { from = path, ...values }: Record<string, string | undefined>,
): Promise<Page> {
  const page = await desk.open(`/operator/accounts/${account}`, german)
  const sent: Form = { ...form(page, `/${from.split('/').at(-1)}`), action: path }
  return await german.submit(page, sent, { reason, ...values })
}

/** What the page says, without its frame; empty where any of it is English. */
function told({ text }: Page): string {
  const main = /<main[^>]*>(.*)<\/main>/s.exec(text)?.[1] ?? text
  return main.includes('lang="en"') ? '' : main.replaceAll(/<[^>]*>/g, '').replaceAll('&quot;', '"')
}

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const nobody = randomUUID()

test.each<[string, () => Promise<Page>, string]>([
  [
    'a plan that there is not',
    () => send(`/operator/accounts/${account}/plan`, { plan: 'gold' }),
    'Einen Tarif gold gibt es nicht. Tarife: standard, large.',
  ],
  [
    'an amount with too many decimals',
    () => send(`/operator/accounts/${account}/grant`, { credits: '0.0001' }),
    'Geben Sie eine Anzahl Credits über 0 an, mit höchstens drei Nachkommastellen.',
  ],
  [
    'a day that is past',
    () => send(`/operator/accounts/${account}/trial`, { until: day(-3) }),
    'Dieser Tag ist schon vorbei: Nehmen Sie einen, der noch kommt.',
  ],
  [
    'an account that was not used',
    () => send(`/operator/accounts/${account}/run`, { from: 'plan' }),
    'Dieses Konto wurde noch nicht benutzt: Es kann nichts fällig sein.',
  ],
  [
    'an account that there is not',
    () => send(`/operator/accounts/${nobody}/suspend`, {}),
    'Ein Konto mit dieser Kennung gibt es nicht.',
  ],
  [
    'an instance that there is not',
    () => send(`/operator/instances/${nobody}/revoke`, { from: 'suspend' }),
    'Eine Instanz mit dieser Kennung gibt es nicht, oder ihr ist der Zugang schon entzogen.',
  ],
  [
    'a charge that there is not',
    () => send('/operator/billing/charges/999999/settle', { from: 'plan', as: 'captured' }),
    'Eine Forderung mit dieser Nummer gibt es nicht.',
  ],
  [
    'a message that does not wait',
    () => send('/operator/billing/stripe/dismiss', { from: 'plan', event: 'evt_none' }),
    'Eine Nachricht mit dieser Kennung wartet nicht mehr, oder sie ist nicht lesbar.',
  ],
  [
    'values that cannot be',
    () => send(`/operator/accounts/${account}/grant`, { credits: '-1', reason: '-' }),
    'Das kann nicht stimmen: Warum (fehlt oder ist zu kurz), Guthaben (zu klein oder zu groß). Gehen Sie zurück und versuchen Sie es noch einmal.',
  ],
  [
    'an address that cannot be',
    () => desk.open('/operator/audit?outcome=strange', german),
    'Das kann nicht stimmen: Ergebnis (nicht lesbar oder nicht erlaubt). Gehen Sie zurück',
  ],
])('%s is refused in German', async (_what, refuse, words) => {
  expect(told(await refuse())).toContain(words)
})

test('a reference that was used tells for how much, as German writes it', async () => {
  const path = `/operator/accounts/${account}/grant`
  const reference = randomUUID()
  await send(path, { credits: '2.5', reference })
  expect(told(await send(path, { credits: '3', reference }))).toContain(
    'Dieser Beleg steht für 2,5 Credits, die das Konto früher bekommen hat. Nehmen Sie einen anderen.',
  )
})

test('a role that does not suffice is named, and the one that is needed', async () => {
  const viewer = await desk.enter('viewer')
  expect(told(await desk.open('/operator/billing?language=de', viewer))).toContain(
    'Dafür ist die Rolle Abrechnung (billing) nötig; Sie haben die Rolle Ansicht (viewer).',
  )
})

test('billing that rests says what it waits for: the comparison of restored books, and what that left open', async () => {
  const accountId = await newAccount(desk.broker)
  await desk.beginMonth(accountId)
  await desk.broker.query('UPDATE billing_control SET paused_reason = $1, is_restored = TRUE', [
    NOTES.restored,
  ])
  const resting = await until(async () => {
    const page = await desk.open('/operator/billing', german)
    return page.text.includes('Die Abrechnung ruht') ? page : undefined
  })
  expect(told(await send(`/operator/accounts/${accountId}/run`, { from: 'plan' }))).toContain(
    'Die Abrechnung ruht für alle: Es wird nichts eingezogen, bis sie wieder läuft.',
  )
  const resume = () => german.submit(resting, form(resting, '/billing/resume'), { reason })
  expect(told(await resume())).toContain('ihre Bücher wurden seither nicht verglichen')
  const left = { openPayments: 1, lateHolds: 0, unanswered: 2, missing: 0, firstRead: 0 }
  await desk.broker.query('UPDATE billing_control SET reconciled_at = now(), reconciled_left = $1', [
    JSON.stringify(left),
  ])
  expect(told(await resume())).toMatch(
    /Beim letzten Vergleich der Bücher blieb offen: bei 1 Konto eine Zahlung, die nicht endgültig ist \(.*\), bei 2 Konten der Stand, den der Bezahldienst nicht nannte\. Vergleichen/,
  )
})

test('an English reader is told of it in words as well, and not as a program has it', async () => {
  const page = await desk.open('/operator/audit?outcome=strange', await desk.enter('viewer'))
  const main = /<main[^>]*>(.*)<\/main>/s.exec(page.text)?.[1] ?? ''
  expect(main).toContain(
    'What cannot be right: outcome (cannot be read, or is not allowed). Go back, and try again.',
  )
  expect(main).not.toContain('Invalid option')
})
