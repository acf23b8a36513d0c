import { expect, test } from '@jest/globals'
import { DatabaseSettings } from '@odoo-backup/protocol'
import { changeOf, draftOf, mustConfirm } from './database-draft.ts'

const nightly = { kind: 'every', every: 1, unit: 'days', at: '02:00', timeZone: 'UTC' } as const
const base = DatabaseSettings.parse({
  database: 'shop',
  enabled: true,
  schedules: [nightly],
  format: 'zip',
  encrypted: true,
  revision: 'r1',
  passwordFingerprint: '12345678',
  retention: { daily: 7 },
  drills: [],
})
const draft = draftOf(base)

test('what was not changed is not sent, so that another tab’s changes stay', () => {
  expect(changeOf(base, draft)).toEqual({})
  expect(changeOf(base, { ...draft, enabled: false })).toEqual({ enabled: false })
  expect(changeOf(base, { ...draft, retention: { ...draft.retention, weekly: 4 } })).toEqual({
    retention: { weekly: 4 },
  })
  const twice = [nightly, { ...nightly, at: '12:00' }]
  expect(changeOf(base, { ...draft, schedules: twice })).toEqual({ schedules: twice })
  expect(changeOf(base, { ...draft, ping: { text: '', removed: true } })).toEqual({ pingUrl: null })
})

test('the password’s safe-keeping is confirmed only where it is new', () => {
  const { encryption } = draft
  expect(mustConfirm(base, encryption)).toBe(false)
  expect(mustConfirm(base, { ...encryption, password: 'another' })).toBe(true)
  expect(mustConfirm({ encrypted: false }, encryption)).toBe(true)
  expect(mustConfirm(base, { ...encryption, encrypted: false, password: 'typed before' })).toBe(false)
  const changed = { ...encryption, password: 'another', again: 'another', keptElsewhere: true }
  expect(changeOf(base, { ...draft, encryption: changed })).toEqual({
    encryptionPassword: 'another',
    passwordKeptElsewhere: true,
  })
})
