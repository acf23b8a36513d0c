import { expect, test } from '@jest/globals'
import { Notice } from '@odoo-backup/protocol'
import { worstFirst } from './notice-order.ts'

const notice = (id: string, severity: Notice['severity'], database?: string) =>
  Notice.parse({
    id,
    kind: 'account_message',
    severity,
    message: id,
    raisedAt: '2026-01-31T04:00:00.000Z',
    database,
  })

test('the worst notice comes first, then what concerns the whole server, then what was there first', () => {
  const told = [
    notice('1', 'info'),
    notice('2', 'warning', 'shop'),
    notice('3', 'error', 'shop'),
    notice('4', 'warning'),
    notice('5', 'error', 'accounting'),
    notice('6', 'error'),
  ]
  expect(worstFirst(told).map(({ id }) => id)).toEqual(['6', '3', '5', '4', '2', '1'])
})
