import { expect, test } from '@jest/globals'
import { unusable } from './file.ts'

test.each([
  ['EACCES', /\(EACCES\)\. Run this as the user that the agent runs as, such as by sudo -u odoo; /],
  ['ENOSPC', /\(ENOSPC\)\. Its disk is full/],
  ['EIO', /\(EIO\)\. Let the user that the agent runs as own the file/],
])('a file that cannot be used is told with what mends it: %s', (code, message) => {
  const cause = Object.assign(new Error(code), { code })
  expect(unusable('/etc/odoo-backup/agent.conf', 'read', cause)).toMatchObject({
    code: 'configuration_unwritable',
    message: expect.stringMatching(message),
  })
})
