import { expect, test } from '@jest/globals'
import { consoleWordsOf } from './messages/index.ts'
import { type Names, NO_NAMES } from './names.ts'
import { accountLink, actorText, whoseCell } from './who.ts'

const words = consoleWordsOf('en')
const accountId = '00000000-0000-4000-8000-0000000000a1'
const instanceId = '00000000-0000-4000-8000-0000000000b2'
const operator = 'company:auth0|7:8'
const names: Names = {
  accounts: new Map([[accountId, { called: 'shop@example.com', mark: '42' }]]),
  instances: new Map([[instanceId, { called: 'https://erp.example' }]]),
  operators: new Map([[operator, { called: 'boss@example.com', mark: operator }]]),
}
const plain = (value: unknown) => String(value).replaceAll(/<[^>]*>/g, '')

test.each([
  [`account:${accountId}`, 'account shop@example.com 42', 'account …0000000000a1'],
  [`instance:${instanceId}`, 'instance https://erp.example …0000000000b2', 'instance …0000000000b2'],
  [`operator:${operator}`, `operator boss@example.com ${operator}`, `operator ${operator}`],
  ['admin:nightly <b>', 'admin token nightly &lt;b&gt;', 'admin token nightly &lt;b&gt;'],
  ['operator', 'a command on the server', 'a command on the server'],
  ['system', 'the broker itself', 'the broker itself'],
  ['constructor', 'constructor', 'constructor'],
])('who did it is named, and told apart by what nobody chooses: %s', (actor, named, unnamed) => {
  expect(plain(actorText(words, names, actor))).toBe(named)
  expect(plain(actorText(words, NO_NAMES, actor))).toBe(unnamed)
})

test('whoever is called like another is told apart', () => {
  const [mine, theirs] = [accountId, accountId.replace('a1', 'a2')]
  const alike = {
    ...NO_NAMES,
    accounts: new Map([
      [mine, { called: 'shop@example.com', mark: '42' }],
      [theirs, { called: 'shop@example.com', mark: '43' }],
    ]),
  }
  expect(plain(accountLink(words, alike, mine))).toBe('shop@example.com 42')
  expect(plain(accountLink(words, alike, theirs))).toBe('shop@example.com 43')
  const nameless = { ...NO_NAMES, accounts: new Map([[mine, { called: '42', mark: '42' }]]) }
  expect(plain(accountLink(words, nameless, mine))).toBe('42')
})

test('what an owner calls an installation stands in quotation marks, so that it is no address', () => {
  const own = (isOwnWord: boolean): Names => ({
    ...NO_NAMES,
    instances: new Map([[instanceId, { called: 'https://erp.bank.example', isOwnWord }]]),
  })
  expect(String(actorText(words, own(true), `instance:${instanceId}`))).toContain(
    `<q title="${instanceId}"><bdi>https://erp.bank.example</bdi></q>`,
  )
  expect(String(actorText(words, own(false), `instance:${instanceId}`))).not.toContain('<q')
})

test('whoever is named keeps their id in the title', () => {
  expect(String(accountLink(words, names, accountId))).toContain(
    `<a href="/operator/accounts/${accountId}"><bdi title="${accountId}"><span class="part">shop@</span><wbr><span class="part">example.<wbr>com</span></bdi></a>`,
  )
})

test('of a long name the beginning and the end are kept, and it stays text', () => {
  const origin = `https://erp.bank.example.${'a.'.repeat(100)}evil.example`
  const long = {
    ...NO_NAMES,
    accounts: new Map([[accountId, { called: `<img>${'é'.repeat(200)}` }]]),
    instances: new Map([[instanceId, { called: origin }]]),
  }
  const account = plain(actorText(words, long, `account:${accountId}`))
  expect(account).toBe(`account &lt;img&gt;${'é'.repeat(24)}…${'é'.repeat(30)} …0000000000a1`)
  const instance = plain(actorText(words, long, `instance:${instanceId}`))
  expect(instance).toMatch(/^instance https:\/\/erp\.bank\.example\.[a.]*…[a.]*evil\.example …0000000000b2$/)
})

test('a cell names the account with the way to it, the instance and the address; of none of them it says so', () => {
  const whose = { accountId, instanceId, clientAddress: '2001:db8::1' }
  const cell = whoseCell(words, names, { label: 'About', whose })
  expect(plain(cell)).toBe('shop@example.com 42 instance https://erp.example …0000000000b2 2001:db8::1')
  expect(String(cell)).toContain(`<a href="/operator/accounts/${accountId}">`)
  const nobody = whoseCell(words, names, { label: 'About', whose: { accountId: null, instanceId: null } })
  expect(plain(nobody)).toBe('–')
})
