import { describe, expect, test } from '@jest/globals'
import { JobId, NoticeText, sentenceOf } from '@odoo-backup/protocol'
import { LANGUAGES } from './index.ts'

const failure = { code: 'disk_full', message: 'No room.' }
const at = '2026-03-10T12:00:00.000Z'
const EXAMPLES: readonly NoticeText[] = [
  { code: 'backup_failed', failure },
  { code: 'backup_overdue' },
  { code: 'backup_overdue', lastAt: at },
  { code: 'backup_shrank', percent: 60 },
  { code: 'backup_grew', percent: 60 },
  { code: 'files_missing', files: 1 },
  { code: 'files_missing', files: 3 },
  { code: 'not_verified' },
  { code: 'verification_failed', at },
  { code: 'rotation_refused' },
  { code: 'former_backups_stay' },
  { code: 'configuration_faulty', effect: 'nothing_done', words: 'Lost.' },
  { code: 'configuration_faulty', effect: 'former_stays', words: 'Faulty.' },
  { code: 'configuration_faulty', effect: 'database_left_out', words: 'Faulty.' },
  { code: 'configuration_faulty', effect: 'database_former_stays', words: 'Faulty.' },
  { code: 'runs_long', job: JobId.parse('7'), jobKind: 'backup', since: at },
  { code: 'not_connected' },
  { code: 'storage_disconnected', failure },
  { code: 'storage_refused', place: { kind: 'bucket', name: 'b' }, failure },
  { code: 'storage_refused', place: { kind: 'broker_storage' }, failure },
  { code: 'storage_silent', place: { kind: 'folder', path: '/mnt/nas' }, since: at, failure },
  { code: 'storage_silent', place: { kind: 'broker' }, since: at, failure },
  { code: 'credit_lacking', words: 'Too little.' },
  { code: 'credit_running_out', words: 'Too little.' },
  { code: 'instance_bound', words: 'Bound.' },
  { code: 'account_message', words: 'Hello.' },
  { code: 'postgres_down', failure },
  { code: 'queue_down', failure },
  { code: 'mail_undelivered', since: at, words: 'No answer.' },
  { code: 'webhook_undelivered', since: at, words: 'No answer.' },
  { code: 'ping_undelivered', since: at, words: 'No answer.' },
]

describe.each(Object.values(LANGUAGES))('what a notice says, in $name', ({ notices }) => {
  test('each code of the agent has a sentence of its own', () => {
    const codes = NoticeText.options.map(({ shape }) => shape.code.value)
    expect(new Set(EXAMPLES.map(({ code }) => code))).toEqual(new Set(codes))
    expect(Object.keys(notices).sort()).toEqual([...codes].sort())
    const sentences = EXAMPLES.map(text => sentenceOf<NoticeText>(notices, text))
    expect(new Set(sentences).size).toBe(EXAMPLES.length)
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z1-9].*[^.][.:]$/)
    expect(sentences.join()).not.toMatch(/undefined|\[object|T12:00/)
  })

  test('no line ends between a number and its sign', () => {
    expect(EXAMPLES.map(text => sentenceOf<NoticeText>(notices, text)).join()).not.toMatch(/\d %/)
  })
})

test('a particular is told where it belongs', () => {
  const silent = {
    code: 'storage_silent',
    place: { kind: 'folder', path: '/mnt/nas' },
    since: at,
    failure,
  } as const
  const told = Object.values(LANGUAGES).map(({ notices }) => sentenceOf<NoticeText>(notices, silent))
  expect(told).toEqual([
    expect.stringMatching(/^Nothing was heard of the folder \/mnt\/nas since Mar 1\d, 2026/),
    expect.stringMatching(/^Von dem Ordner \/mnt\/nas ist seit 1\d\.03\.2026/),
  ])
})

test('an account that is not paid is not said to lack credit: the broker may not know', () => {
  const unpaid = { code: 'credit_lacking', words: 'Nobody knows whether you have credit.' } as const
  const told = Object.values(LANGUAGES).map(({ notices }) => sentenceOf<NoticeText>(notices, unpaid))
  expect(told).toEqual(['The account is not paid.', 'Das Konto ist nicht bezahlt.'])
})
