import { expect, test } from '@jest/globals'
import { consoleWordsOf } from './messages/index.ts'
import { accountLink, actorText, whoseCell } from './who.ts'

const words = consoleWordsOf('en')
const accountId = '00000000-0000-4000-8000-0000000000a1'
const instanceId = '00000000-0000-4000-8000-0000000000b2'
const names = {
  accounts: new Map([[accountId, 'shop@example.com']]),
  instances: new Map([[instanceId, 'https://erp.example']]),
  operators: new Map([['company:auth0|7:8', 'boss@example.com']]),
}
const none = { accounts: new Map(), instances: new Map(), operators: new Map() }
const plain = (value: unknown) => String(value).replaceAll(/<[^>]*>/g, '')

test.each([
  [`account:${accountId}`, 'account shop@example.com', 'account …0000000000a1'],
  [`instance:${instanceId}`, 'instance https://erp.example', 'instance …0000000000b2'],
  ['operator:company:auth0|7:8', 'operator boss@example.com', 'operator company:auth0|7:8'],
  ['admin:nightly <b>', 'admin token nightly &lt;b&gt;', 'admin token nightly &lt;b&gt;'],
  ['operator', 'a command on the server', 'a command on the server'],
  ['system', 'the broker itself', 'the broker itself'],
  ['constructor', 'constructor', 'constructor'],
])('who did it is named: %s', (actor, named, unnamed) => {
  expect(plain(actorText(words, names, actor))).toBe(named)
  expect(plain(actorText(words, none, actor))).toBe(unnamed)
})

test('whoever is named keeps their id in the title', () => {
  expect(String(accountLink(words, names, accountId))).toBe(
    `<a href="/operator/accounts/${accountId}"><bdi title="${accountId}">shop@<wbr>example.<wbr>com</bdi></a>`,
  )
})

test('a long name is cut, and stays text', () => {
  const long = { ...none, accounts: new Map([[accountId, `<img>${'é'.repeat(200)}`]]) }
  expect(plain(actorText(words, long, `account:${accountId}`))).toBe(`account &lt;img&gt;${'é'.repeat(54)}…`)
})

test('a cell names the account with the way to it, the instance and the address; of none of them it says so', () => {
  const whose = { accountId, instanceId, clientAddress: '2001:db8::1' }
  const cell = whoseCell(words, names, { label: 'About', whose })
  expect(plain(cell)).toBe('shop@example.com instance https://erp.example 2001:db8::1')
  expect(String(cell)).toContain(`<a href="/operator/accounts/${accountId}">`)
  const nobody = whoseCell(words, names, { label: 'About', whose: { accountId: null, instanceId: null } })
  expect(plain(nobody)).toBe('–')
})
