import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { localArchive, unreadable } from './local-archive.ts'

test.each([
  [join(tmpdir(), 'no-such-archive.zip'), 'backup_unknown', /^There is no file no-such-archive\.zip/],
  ['/etc/passwd/archive.zip', 'backup_unknown', /^There is no file archive\.zip/],
  [tmpdir(), 'backup_unknown', /is no file\. Name the archive itself\.$/],
  // A file that may be opened, and whose first bytes cannot be read.
  ['/proc/self/mem', 'file_unreadable', /^mem cannot be read: .*Copy it to another place/],
  ['/etc/passwd', 'backup_damaged', /is no Odoo backup/],
])('%s is no archive that can be restored: %s, and what to do', async (path, code, message) => {
  await expect(localArchive(path)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  })
})

test('a file that the agent may not read is told with the system user who must be let in', () => {
  const refused = Object.assign(new Error("EACCES: permission denied, open '/root/shop.zip'"), {
    code: 'EACCES',
  })
  expect(unreadable('/root/shop.zip', refused)).toMatchObject({
    code: 'file_unreadable',
    message: expect.stringMatching(
      /^The agent, which runs as the system user \S+, may not read shop\.zip\. Give/,
    ),
  })
})
