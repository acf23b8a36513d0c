import { expect, test } from '@jest/globals'
import { Warnings } from './warnings.ts'

test('hundreds of missing files crowd out no other warning, and the list says that there are more', () => {
  const warnings = new Warnings()
  for (let index = 0; index < 300; index++)
    warnings.add('missing', { code: 'file_missing', path: String(index) })
  warnings.add('left_out', { code: 'no_regular_file', path: '/srv/pipe' })
  warnings.add('other', { code: 'attachments_elsewhere', count: 3 })
  const all = warnings.all()
  expect(all.length).toBeLessThan(60)
  expect(all[0]).toEqual({ code: 'attachments_elsewhere', count: 3 })
  expect(all.filter(({ code }) => code === 'file_missing')).toHaveLength(50)
  expect(all.filter(({ code }) => code === 'more')).toEqual([{ code: 'more', kind: 'missing' }])
  expect(all.at(-1)).toMatchObject({ path: '/srv/pipe' })
})

test('what is told twice, as in two walks through a filestore, is one warning and none too many', () => {
  const warnings = new Warnings()
  for (const _ of [1, 2])
    for (let index = 0; index < 50; index++)
      warnings.add('missing', { code: 'file_missing', path: String(index) })
  expect(warnings.all()).toHaveLength(50)
})
