import { expect, test } from '@jest/globals'
import { MissingFiles } from './missing-files.ts'

function account(named: number, missing: number): MissingFiles {
  const files = new MissingFiles('/srv/odoo/filestore/shop', { dataDir: '/srv/odoo' })
  files.setNamed(named)
  for (let index = 0; index < missing; index++) files.paths.add(`00/${index}`)
  return files
}

test.each([
  { named: 10, missing: 10, why: 'ten are few, even of ten' },
  { named: 1_100, missing: 11, why: 'eleven of 1,100 are one in a hundred' },
  { named: 100_000, missing: 1_000, why: 'a thousand of 100,000 are one in a hundred' },
])('a backup goes on without $missing of $named files: $why', ({ named, missing }) => {
  expect(() => account(named, missing).check()).not.toThrow()
})

test.each([
  { named: 40, missing: 11, why: 'more than ten and more than one in a hundred' },
  { named: 1_099, missing: 11, why: 'just more than one in a hundred' },
  { named: 100_000, missing: 1_001, why: 'just more than one in a hundred' },
])('a backup without $missing of $named files fails: $why', ({ named, missing }) => {
  expect(() => account(named, missing).check()).toThrow(
    expect.objectContaining({
      code: 'filestore_incomplete',
      message: expect.stringContaining(
        `${missing} of the ${named} stored files that the database names are missing or damaged in ` +
          '/srv/odoo/filestore/shop (the path comes from',
      ),
    }),
  )
})
