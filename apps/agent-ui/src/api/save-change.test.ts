import { expect, test } from '@jest/globals'
import { ApiError } from './client.ts'
import { changedElsewhere, saveChange } from './save-change.ts'

interface View {
  readonly revision: string
  readonly format: string
  readonly enabled: boolean
  readonly secretRevisions: Readonly<Record<string, string>>
}
const base: View = { revision: 'a', format: 'zip', enabled: true, secretRevisions: {} }
const overtaken = new ApiError('settings_changed', 412, '')

/** An agent that others were faster at: its settings stand as `present`. */
function agentAt(present: View) {
  const sent: string[] = []
  const save = (change: Partial<View>) =>
    saveChange<View>({
      base,
      send: async revision => {
        sent.push(revision)
        if (revision !== present.revision) throw overtaken
        return { ...present, ...change, revision: 'saved' }
      },
      latest: async () => present,
      conflicts: (before, latest) => changedElsewhere(change, before, latest),
    })
  return { save, sent }
}

test('what was changed elsewhere stays beside a change of something else, without a question', async () => {
  const { save, sent } = agentAt({ ...base, revision: 'b', format: 'dump' })
  expect(await save({ enabled: false })).toEqual({
    kind: 'saved',
    view: { ...base, revision: 'saved', format: 'dump', enabled: false },
  })
  expect(sent).toEqual(['a', 'b'])
})

test('of the same setting nothing is written, and it is named', async () => {
  const latest = { ...base, revision: 'b', format: 'dump' }
  const { save, sent } = agentAt(latest)
  expect(await save({ format: 'other' })).toEqual({ kind: 'conflict', latest, paths: ['format'] })
  expect(sent).toEqual(['a'])
})

test('another failure, and one that does not end, are told as they are', async () => {
  const failing = (error: Error) =>
    saveChange({ base, send: () => Promise.reject(error), latest: async () => base, conflicts: () => [] })
  await expect(failing(new ApiError('invalid_request', 400, ''))).rejects.toThrow(ApiError)
  await expect(failing(overtaken)).rejects.toBe(overtaken)
})

test('groups are compared by their members, lists as wholes, and a secret by its revision', () => {
  const at = (revisions: Record<string, string>, retention: object, more: object) => ({
    revision: 'r',
    secretRevisions: { password: 'p', ...revisions },
    retention,
    ...more,
  })
  const before = at({ 'mail.key': 'k' }, { daily: 7, weekly: 4 }, { schedules: [1], mail: { user: 'u' } })
  const now = at(
    { 'mail.key': 'l', ping: 'i' },
    { daily: 7, weekly: 5 },
    { schedules: [2], mail: { user: 'u' } },
  )
  const change = { retention: { daily: 1, weekly: 1 }, schedules: [3], password: 'new', ping: 'new' }
  expect(changedElsewhere({ ...change, mail: { key: 'new', user: 'v' } }, before, now)).toEqual([
    'retention.weekly',
    'schedules',
    'ping',
    'mail.key',
  ])
  expect(changedElsewhere({ kept: true }, before, now)).toEqual([])
  expect(changedElsewhere({ kept: true }, before, now, { kept: 'schedules' })).toEqual(['kept'])
})
