import { expect, test } from '@jest/globals'
import { isCopyFor, type RestoreCircumstances, restoreReason } from './restore-default.ts'

const own: RestoreCircumstances = {
  fromFile: false,
  own: true,
  original: 'prod',
  present: ['prod', 'other'],
  replaced: undefined,
}
const foreign = { ...own, own: false }
const file = { ...own, fromFile: true, own: false, original: undefined }

test.each<[string, RestoreCircumstances, ReturnType<typeof restoreReason>, boolean]>([
  ['its original is here', own, 'original_here', true],
  ['its own original is gone', { ...own, present: ['other'] }, 'original_gone', false],
  ['its own original is replaced by it', { ...own, replaced: 'prod' }, 'original_gone', false],
  ['another of the databases is replaced by it', { ...own, replaced: 'other' }, 'original_here', true],
  ['no database is here', { ...own, present: [] }, 'empty_server', false],
  ['another server made it and a database of its name is here', foreign, 'other_server', true],
  [
    'another server made it and none of its name is here',
    { ...foreign, present: ['stage'] },
    'other_server',
    true,
  ],
  [
    'another server made it and the only database here is replaced by it',
    { ...foreign, present: ['stage'], replaced: 'stage' },
    'other_server',
    true,
  ],
  ['another server made it and no database is here', { ...foreign, present: [] }, 'empty_server', false],
  ['it comes from a file', file, 'from_file', true],
  [
    'it comes from a file and replaces the only database',
    { ...file, present: ['prod'], replaced: 'prod' },
    'from_file',
    true,
  ],
  ['it comes from a file and no database is here', { ...file, present: [] }, 'empty_server', false],
])('Where %s, a backup is restored as what does no harm.', (_, circumstances, reason, copy) => {
  expect(restoreReason(circumstances)).toBe(reason)
  expect(isCopyFor(reason)).toBe(copy)
})
