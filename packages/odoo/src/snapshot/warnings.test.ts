import { expect, test } from '@jest/globals'
import { Warnings } from './warnings.ts'

test('hundreds of missing files crowd out no other warning, and the list says that there are more', () => {
  const warnings = new Warnings()
  for (let index = 0; index < 300; index++) warnings.add('missing', `The stored file ${index} is not there.`)
  warnings.add('left_out', '"/srv/pipe" is no regular file and was left out.')
  warnings.add('other', '3 attachments are kept outside of the filestore.')
  const all = warnings.all()
  expect(all.length).toBeLessThan(60)
  expect(all[0]).toMatch(/^3 attachments/)
  expect(all.filter(warning => warning.startsWith('The stored file'))).toHaveLength(50)
  expect(all.filter(warning => warning.startsWith('More stored files are missing'))).toHaveLength(1)
  expect(all.at(-1)).toMatch(/pipe/)
})

test('what is told twice, as in two walks through a filestore, is one warning and none too many', () => {
  const warnings = new Warnings()
  for (const _ of [1, 2]) for (let index = 0; index < 50; index++) warnings.add('missing', String(index))
  expect(warnings.all()).toHaveLength(50)
})
