import { expect, test } from '@jest/globals'
import { AccountFolder } from '@odoo-backup/protocol'
import { html } from '@odoo-backup/service'
import { wordsIn } from '../pages/language.ts'
import { AccountId, InstanceId } from '../registry/ids.ts'
import { type AccountPageContent, accountPage } from './account-page.ts'
import type { ShownNotice } from './latest-notices.ts'

const when = new Date('2026-01-31T12:00:00Z')
const instance = {
  id: InstanceId.parse('00000000-0000-4000-8000-000000000001'),
  name: undefined,
  origins: [],
  purposes: [],
  approvedAt: when,
  lastSeenAt: undefined,
  revokedAt: undefined,
}

function shown(more: Partial<AccountPageContent>): string {
  const account = {
    id: AccountId.parse('00000000-0000-4000-8000-000000000002'),
    provider: 'odoo',
    subject: '42',
    folder: AccountFolder.parse('42'),
    email: undefined,
    name: undefined,
    suspended: false,
    language: undefined,
  }
  const content = {
    session: { account, authenticatedAt: when, formToken: 'token' },
    isOperator: false,
    instances: { inUse: [instance], revoked: [], next: undefined },
    openApprovals: [],
    notices: [],
    contact: undefined,
    credentialMinutes: 60,
    sections: [],
    ...more,
  }
  return String(accountPage(content)(wordsIn('en')).body)
}

test('what is urgent stands before the installations, and what else other parts show after them', () => {
  const section = () => ({ urgent: html`<p>urgent</p>`, places: [], body: html`<p>the rest</p>` })
  const page = shown({ sections: [section] })
  const order = ['<p>urgent</p>', 'Your installations', '<p>the rest</p>'].map(text => page.indexOf(text))
  expect(order).toEqual(order.toSorted((one, other) => one - other))
  expect(order).not.toContain(-1)
})

test('notices of what is over are folded but for the latest, and none of what still stands', () => {
  const bound = (number: number): ShownNotice => ({
    message: `Approved ${number}.`,
    text: undefined,
    createdAt: new Date(when.getTime() - number * 1000),
  })
  const removal: ShownNotice = {
    message: '',
    text: { code: 'removal', isLast: true, from: '2026-03-01' },
    createdAt: new Date(0),
  }
  const page = shown({ notices: [...Array.from({ length: 8 }, (_, index) => bound(index + 1)), removal] })
  const [open = '', folded = ''] = page.split('<summary>Earlier ones (3)</summary>')
  expect([...open.matchAll(/Approved \d/g)].map(String)).toEqual([1, 2, 3, 4, 5].map(n => `Approved ${n}`))
  expect(open).toContain('Last notice: your account has not been paid for')
  expect([...folded.matchAll(/Approved \d/g)].map(String)).toEqual([6, 7, 8].map(n => `Approved ${n}`))
  expect(shown({ notices: [bound(1)] })).not.toContain('<details>')
})

test('an installation that has no name is revoked as this one', () => {
  expect(shown({})).toContain('<span>Revoke this installation</span>')
  const named = { ...instance, name: 'Head office' }
  expect(shown({ instances: { inUse: [named], revoked: [], next: undefined } })).toContain(
    '<span>Revoke <bdi>Head office</bdi></span>',
  )
})

const several = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...instance,
    id: InstanceId.parse(`00000000-0000-4000-8000-00000000000${index}`),
    origins: [`https://shop${index}.example`],
  }))
const listed = (count: number) => ({ instances: { inUse: several(count), revoked: [], next: undefined } })

test('what is changed of many installations is folded, with links to what stands below them; of two it is open', () => {
  const section = () => ({
    places: [{ anchor: 'credit', name: 'Credit' }],
    body: html`<h2 id="credit">Credit</h2>`,
  })
  const many = shown({ ...listed(3), sections: [section] })
  expect(many.match(/<details><summary aria-describedby="of-[^"]*">Change its name/g)).toHaveLength(3)
  expect(many).toContain('<a href="#credit">Credit</a><a href="#notices">Notices</a></nav>')
  expect(many).toContain('<h2 id="notices">')
  const two = shown({ ...listed(2), sections: [section] })
  expect(two).not.toContain('<details>')
  expect(two).not.toContain('href="#notices"')
  for (const page of [many, two]) expect(page.match(/Revoking an installation is final/g)).toHaveLength(1)
  expect(shown({ instances: { inUse: [], revoked: [], next: undefined } })).not.toContain('is final')
})

test('an address that is the heading of an installation is not told again', () => {
  const page = shown(listed(1)).replaceAll('<wbr>', '')
  expect(page.match(/https:\/\/shop0\.example/g)).toHaveLength(1)
  const [first] = several(1)
  if (first === undefined) throw new Error('There is none.')
  const named = { ...first, name: 'Shop' }
  const told = shown({ instances: { inUse: [named], revoked: [], next: undefined } }).replaceAll('<wbr>', '')
  expect(told).toContain('<dt>Addresses</dt><dd><bdi>https://shop0.example</bdi></dd>')
})

test('an address that was approved several times and waits is told once, with its last end, and not as none', () => {
  const until = (minutes: number) => ({
    origin: 'https://shop.example',
    expiresAt: new Date(when.getTime() + minutes * 60_000),
  })
  const none = { instances: { inUse: [], revoked: [], next: undefined } }
  const page = shown({ ...none, openApprovals: [until(5), until(9)] })
  expect(page.match(/<li>/g)).toHaveLength(1)
  expect(page).toContain('2026-01-31 12:09 UTC')
  expect(page).toContain('lapses by itself')
  expect(page).toContain('Withdraw all of them')
  expect(page).not.toContain('None yet')
  expect(shown(none)).toContain('None yet')
})
