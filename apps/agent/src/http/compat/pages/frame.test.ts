import { expect, test } from '@jest/globals'
import { brokenWell, failureWords } from './frame.ts'
import { ENGLISH } from './words-english.ts'

test('the name of a setting may go on in a next line after its underscores, and stays escaped', () => {
  expect(String(brokenWell('<b> Set odoo_backup_sh_daily & admin_passwd.'))).toBe(
    '&lt;b&gt; Set odoo_<wbr>backup_<wbr>sh_<wbr>daily &amp; admin_passwd.',
  )
})

test('so it does in what the agent says of a failure', () => {
  const message = 'Set odoo_backup_sh_odoo_url.'
  expect(String(failureWords(ENGLISH, { code: 'odoo_unreachable', message }))).toContain(
    'sh_<wbr>odoo_<wbr>url',
  )
})
