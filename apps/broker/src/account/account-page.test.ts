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
