import { expect, test } from '@jest/globals'
import { REMARKS } from '../billing/operation/remarks.ts'
import { consoleWordsOf } from './messages/index.ts'
import { NO_NAMES } from './names.ts'
import { reconciledPage } from './reconciled-page.ts'

const accountId = '00000000-0000-4000-8000-000000000001'

const names = { ...NO_NAMES, accounts: new Map([[accountId, { called: 'shop@example.com', mark: '42' }]]) }

/** Nothing is open, and all agrees. */
const agreeing = {
  repeated: 0,
  stillOpen: 0,
  open: [],
  inDoubt: [],
  lateHolds: { count: 0, holds: [] },
  missingPlans: [],
  capturedByProvider: 0,
  kept: { received: 0, spent: 0, left: 0, agrees: true, differing: [] },
  purchases: { agrees: true, differing: [] },
  stripeAside: 0,
  remarks: [],
} satisfies Parameters<typeof reconciledPage>[0]

test.each([
  ['en', '7 spent, 5.5 taken by charges', 'paid, and not credited, 0 booked, 2 told'],
  [
    'de',
    '7 verbraucht, 5,5 von Forderungen genommen',
    'bezahlt und nicht gutgeschrieben, 0 gebucht, 2 gemeldet',
  ],
])('what differs is told by account, in %s', (language, kept, purchase) => {
  const page = reconciledPage(
    {
      ...agreeing,
      kept: {
        received: 9,
        spent: 7,
        left: 2,
        agrees: false,
        differing: [{ accountId, spent: 7, charged: 5.5 }],
      },
      purchases: {
        agrees: false,
        differing: [{ accountId, purchase: 'cs_1', what: 'paid without credit', booked: 0, told: 2 }],
      },
    },
    consoleWordsOf(language),
    names,
  )
  expect(String(page)).toContain(
    `<span class="part">shop@</span><wbr><span class="part">example.<wbr>com</span></bdi></a> <span class="quiet"><bdi>42</bdi></span></span>: ${kept}</li>`,
  )
  expect(String(page)).toContain(`<bdi>42</bdi></span></span>: ${purchase}</li>`)
})

test.each([
  ['agrees', 0, 'The books agree.'],
  ['is read for the first time', 1, 'Not everything agrees or could be compared: see below.'],
])('a balance that %s is not told for another', (_case, firstRead, words) => {
  const page = reconciledPage(
    {
      ...agreeing,
      balances: {
        agreeing: 3,
        firstRead,
        openPayments: 0,
        lateHolds: 0,
        unanswered: 0,
        missing: [],
        uncertain: [],
      },
    },
    consoleWordsOf('en'),
    names,
  )
  expect(String(page)).toContain(`>${words}</p>`)
})

test('what nobody can know is said in the operator’s language', () => {
  const pageIn = (language: string) =>
    String(reconciledPage({ ...agreeing, remarks: Object.values(REMARKS) }, consoleWordsOf(language), names))
  const [english, german] = [pageIn('en'), pageIn('de')]
  for (const remark of Object.values(REMARKS)) {
    expect(english).toContain(`<p class="quiet">${remark}</p>`)
    expect(german).not.toContain(remark)
  }
  for (const words of [
    'zeigt keine einzelnen Vorgänge',
    'sagt nicht, was gekauft wurde',
    'zahlt nichts zurück',
  ])
    expect(german).toContain(words)
})
