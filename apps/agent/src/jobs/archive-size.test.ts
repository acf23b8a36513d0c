import { expect, test } from '@jest/globals'
import { estimatedArchiveBytes } from './archive-size.ts'

const GB = 1e9

test('an archive is estimated by what is left of a dump, and by files as they are', () => {
  expect(estimatedArchiveBytes({ dumpBytes: 1000 * GB, fileBytes: 0, fileCount: 0 })).toBe(500 * GB)
  expect(estimatedArchiveBytes({ dumpBytes: 20 * GB, fileBytes: 980 * GB, fileCount: 1 })).toBe(990 * GB)
  expect(estimatedArchiveBytes({ dumpBytes: 1, fileBytes: 0, fileCount: 0 })).toBe(1)
})
