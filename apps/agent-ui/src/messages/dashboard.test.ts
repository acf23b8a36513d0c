import { expect, test } from '@jest/globals'
import { LANGUAGES } from './index.ts'

const [en, de] = [LANGUAGES.en, LANGUAGES.de]

test.each([
  [en, '2 hours ago', 'The one database has the backup that its schedule asks for, made 2 hours ago.'],
  [en, undefined, 'The one database has the backup that its schedule asks for.'],
  [de, 'gestern', 'Die eine Datenbank hat die Sicherung, die ihr Zeitplan verlangt; sie entstand gestern.'],
])('of a single database nothing is said as of several', (language, oldest, sentence) => {
  expect(language?.dashboard.safeDetail(1, oldest)).toBe(sentence)
  for (const verified of [0, 1]) expect(language?.dashboard.verifiedOf(verified, 1)).toMatch(/^(It|Sie) /)
})

test.each([
  [en, 'yesterday', /, the oldest made yesterday\.$/],
  [de, 'vor 9 Stunden', /; die älteste entstand vor 9 Stunden\.$/],
])('of several databases the oldest of the newest backups is told', (language, oldest, end) => {
  expect(language?.dashboard.safeDetail(3, oldest)).toMatch(end)
  expect(language?.dashboard.verifiedOf(3, 3)).toMatch(/^(Each|Jede) /)
  expect(language?.dashboard.verifiedOf(0, 3)).toMatch(/^(None|Noch keine) /)
})

test.each([
  [en, 'One backup is in the storage and can be', '10,000 backups are in the storage and can be'],
  [de, 'Eine Sicherung liegt im Speicher und kann', '10.000 Sicherungen liegen im Speicher und können'],
])('what is left where every database is gone is counted as one or many', (language, one, many) => {
  expect(language?.dashboard.allGoneDetail(1)).toContain(one)
  expect(language?.dashboard.allGoneDetail(10_000)).toContain(many)
})
