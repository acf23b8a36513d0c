import { expect, test } from '@jest/globals'
import { RestoreCheckText, sentenceOf } from '@odoo-backup/protocol'
import { LANGUAGES } from './index.ts'

const failure = { code: 'disk_full', message: 'No room.' }
const room = { folder: '/var/lib/odoo', neededBytes: 2_500_000_000, freeBytes: 1_000_000_000 }
const EXAMPLES: readonly RestoreCheckText[] = [
  { code: 'archive_found' },
  { code: 'archive_unusable', failure },
  { code: 'password_needed' },
  { code: 'password_right' },
  { code: 'password_wrong' },
  { code: 'dump_has_no_files' },
  { code: 'dump_leaves_files_out' },
  { code: 'name_free', database: 'shop' },
  { code: 'name_replaced', database: 'shop', keptAs: 'shop_before' },
  { code: 'name_refused', failure },
  { code: 'folder_refused', failure },
  { code: 'room_enough', purpose: 'files', ...room },
  { code: 'room_lacking', purpose: 'files', ...room },
  { code: 'room_lacking', purpose: 'decrypting', ...room },
  { code: 'postgres_answers', server: 17, psql: '17.2' },
  { code: 'postgres_older', server: 15, backup: '17.2', atLeast: 17 },
  { code: 'postgres_unusable', failure },
  { code: 'odoo_same', version: '16.0' },
  { code: 'odoo_other', version: '16.0', here: ['17.0', '18.0'] },
  { code: 'modules_present' },
  { code: 'modules_lacking', named: ['fleet'], count: 1 },
  { code: 'modules_lacking', named: ['fleet'], count: 3 },
  { code: 'modules_unknown' },
  { code: 'code_let_in' },
  { code: 'code_asks', words: 'It holds a trigger.' },
  { code: 'code_refused', words: 'It holds an extension.' },
]

test.each(Object.values(LANGUAGES))(
  'each code of a restore’s checks has a sentence of its own in $name',
  ({ restoreChecks }) => {
    const codes = RestoreCheckText.options.map(({ shape }) => shape.code.value)
    expect(new Set(EXAMPLES.map(({ code }) => code))).toEqual(new Set(codes))
    expect(Object.keys(restoreChecks).sort()).toEqual([...codes].sort())
    const sentences = EXAMPLES.map(text => sentenceOf<RestoreCheckText>(restoreChecks, text))
    expect(new Set(sentences).size).toBe(EXAMPLES.length)
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*[^.]\.$/)
    expect(sentences.join()).not.toMatch(/undefined|\[object/)
  },
)

test('sizes are written as the language does', () => {
  const lacking = { code: 'room_lacking', purpose: 'files', ...room } as const
  const told = Object.values(LANGUAGES).map(({ restoreChecks }) =>
    sentenceOf<RestoreCheckText>(restoreChecks, lacking),
  )
  expect(told).toEqual([
    'The files need 2.5\u00a0GB in /var/lib/odoo, which has 1\u00a0GB left. Free some space there.',
    'Die Dateien brauchen 2,5\u00a0GB in /var/lib/odoo; frei sind dort 1\u00a0GB. Schaffen Sie dort Platz.',
  ])
})
