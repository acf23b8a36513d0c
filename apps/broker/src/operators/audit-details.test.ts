import { expect, test } from '@jest/globals'
import { NO_REASON } from '../admin/reason.ts'
import { wordsIn } from '../pages/language.ts'
import { toldBy } from './audit-details.ts'
import { consoleWordsOf } from './messages/index.ts'

const inLanguage = (language: string) => [consoleWordsOf(language), wordsIn(language)] as const
const done = { outcome: 'done', reason: null } as const
const refused = { outcome: 'refused', reason: null } as const

function lines(row: Parameters<typeof toldBy>[0], language: string): string[] {
  return toldBy(row, ...inLanguage(language)).map(({ label, text }) =>
    label === undefined ? text : `${label}: ${text}`,
  )
}

test.each([
  [
    { ...refused, reason: 'not_reconciled', detail: { why: 'all is well', forced: 'false', unanswered: 3 } },
    [
      'the books of a restored database are not compared yet, or differ',
      'Reason given: all is well',
      'Forced: no',
      'Accounts whose balance was not told: 3',
    ],
    [
      'die Bücher einer zurückgeholten Datenbank sind noch nicht verglichen oder weichen ab',
      'Genannter Grund: all is well',
      'Erzwungen: nein',
      'Konten, deren Stand nicht genannt wurde: 3',
    ],
  ],
  [
    { ...done, detail: { purposes: 'backup+rotate', stillServed: true, as: 'captured', credits: '9.5' } },
    [
      'May: make backups, delete old backups',
      'Still gets credentials: yes',
      'Settled as: collected',
      'Credits: 9.5',
    ],
    [
      'Darf: sichern, alte Sicherungen löschen',
      'Bekommt weiter Zugänge: ja',
      'Erledigt als: eingezogen',
      'Guthaben: 9,5',
    ],
  ],
  [
    { ...refused, detail: { limit: 'pending-log-ins', booked: 'aside', notice: 'first notice' } },
    [
      'Limit: log-ins that wait for their answer',
      'What became of it: it still waits',
      'Notice: the first of two',
    ],
    [
      'Grenze: Anmeldungen, die auf Antwort warten',
      'Was daraus wurde: sie wartet weiter',
      'Mitteilung: die erste von zweien',
    ],
  ],
  [
    { ...done, detail: { accessKeyId: 'ASIA1', expiresAt: '2026-11-28T08:15:18.075Z' } },
    ['Access key: ASIA1', 'Counts until: 2026-11-28 08:15 UTC'],
    ['Zugriffsschlüssel: ASIA1', 'Gilt bis: 2026-11-28 08:15 UTC'],
  ],
  [
    {
      ...done,
      detail: { removedFrom: '2026-12-01T00:00:00.000Z', until: '2026-12-01', why: '2026-12-01T00:00:00Z' },
    },
    ['May be removed from: 2026-12-01 00:00 UTC', 'Until: 2026-12-01', 'Reason given: 2026-12-01T00:00:00Z'],
    [
      'Kann entfernt werden ab: 2026-12-01 00:00 UTC',
      'Bis: 2026-12-01',
      'Genannter Grund: 2026-12-01T00:00:00Z',
    ],
  ],
  [{ ...done, reason: NO_REASON, detail: {} }, ['looked at on the console'], ['auf der Konsole angesehen']],
])('%j is told in the words of its reader', (row, english, german) => {
  expect(lines(row, 'en')).toEqual(english)
  expect(lines(row, 'de')).toEqual(german)
})

test('what nobody has words for is shown as it stands', () => {
  const detail = {
    neverSeen: 'a+b',
    constructor: 'x',
    purposes: 'backup+fly',
    limit: 'toString',
    as: 'valueOf',
    why: 'constructor',
    reference: '__proto__',
  }
  for (const language of ['en', 'de']) {
    const [purposes = ''] = lines({ ...done, detail: { purposes: 'backup' } }, language)
    expect(lines({ ...refused, reason: 'toString', detail }, language)).toEqual([
      'toString',
      'neverSeen: a+b',
      'constructor: x',
      `${purposes}, fly`,
      expect.stringMatching(/: toString$/),
      expect.stringMatching(/: valueOf$/),
      expect.stringMatching(/: constructor$/),
      expect.stringMatching(/: __proto__$/),
    ])
  }
})

test('what somebody gave for a reason stays as they wrote it, though it is a code too', () => {
  expect(lines({ ...done, reason: 'suspended', detail: {} }, 'de')).toEqual(['suspended'])
})
