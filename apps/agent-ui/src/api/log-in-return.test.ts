import { expect, test } from '@jest/globals'
import { BINDING_CODE_PARAMETER } from '@odoo-backup/protocol'
import { CODE_PARAMETER } from './log-in-return.ts'

test('the code is looked for where the wire contract puts it', () => {
  expect(CODE_PARAMETER).toBe(BINDING_CODE_PARAMETER)
})
