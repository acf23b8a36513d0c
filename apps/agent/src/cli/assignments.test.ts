import { expect, test } from '@jest/globals'
import { AgentSettingsChange, DatabaseSettingsChange } from '@odoo-backup/protocol'
import { databaseChange, flatten, nest, readChange, settingKeys } from './assignments.ts'

test('assignments become a change, each value of the kind that its key holds', () => {
  const change = readChange(
    AgentSettingsChange,
    nest([
      'storage.bucket=12345',
      'storage.pathStyle=true',
      'limits.parallelJobs=2',
      'limits.bandwidthBytesPerSecond=',
      'notices.mailTo=a@example.com',
      'notices.mailTo=b@example.com,c@example.com',
    ]),
  )
  expect(change).toEqual({
    storage: { bucket: '12345', pathStyle: true },
    limits: { parallelJobs: 2, bandwidthBytesPerSecond: null },
    notices: { mailTo: ['a@example.com', 'b@example.com', 'c@example.com'] },
  })
})

test('the settings of a database take schedules as people write them, several of them too', () => {
  const given = [
    'schedule=every 6 hours',
    'schedule=cron 0 3 * * 1 in Europe/Berlin',
    'retention.daily=7',
    'retention.hourly=all',
  ]
  expect(readChange(DatabaseSettingsChange, databaseChange(nest(given)))).toEqual({
    schedules: [
      { kind: 'every', every: 6, unit: 'hours', timeZone: 'UTC' },
      { kind: 'cron', expression: '0 3 * * 1', timeZone: 'Europe/Berlin' },
    ],
    retention: { daily: 7, hourly: 'all' },
  })
  expect(databaseChange(nest(['schedule=']))).toEqual({ schedules: [] })
})

test.each([
  [['nonsense'], 'Write KEY=VALUE'],
  [['notices.smtpPort=many'], 'notices.smtpPort'],
  [['notices.unknown=1'], 'notices'],
])('what is no setting is refused and named: %j', (assignments, message) => {
  expect(() => readChange(AgentSettingsChange, nest(assignments))).toThrow(message)
})

test('where a setting is unknown, those that there are are listed', () => {
  const refused = (schema: typeof AgentSettingsChange | typeof DatabaseSettingsChange, text: string) => () =>
    readChange(schema, nest([text]))
  expect(refused(AgentSettingsChange, 'notices.unknown=1')).toThrow(
    /There is no setting notices\.unknown\. There are: storage\.kind, .*notices\.mailTo/,
  )
  expect(refused(DatabaseSettingsChange, 'schedle=x')).toThrow(
    /There is no setting schedle\. There are: enabled, schedule, .*retention\.daily, .*drill, /,
  )
  expect(settingKeys(DatabaseSettingsChange)).not.toContain('passwordKeptElsewhere')
})

test('a schedule that is none is refused with examples', () => {
  expect(() => databaseChange(nest(['schedule=sometimes']))).toThrow('every 6 hours')
})

test('settings are shown the way they are given', () => {
  expect(
    flatten({ limits: { parallelJobs: 2, niceness: undefined }, enabled: true, mailTo: ['a', 'b'] }),
  ).toEqual(['limits.parallelJobs=2', 'enabled=true', 'mailTo=a,b'])
})
