import { expect, test } from '@jest/globals'
import { DatabaseOverview } from '@odoo-backup/protocol'
import { inOrder } from './database-order.ts'

const database = (name: string, tone: DatabaseOverview['tone'], is: Partial<DatabaseOverview> = {}) =>
  DatabaseOverview.parse({
    database: name,
    exists: true,
    included: true,
    tone,
    backups: 0,
    storedBytes: 0,
    overdue: false,
    days: [],
    ...is,
  })

test('the worst database comes first, equals by the numbers in their names, and what nobody backs up last', () => {
  const items = [
    database('left_out', 'bad', { included: false }),
    database('shop_10', 'good'),
    database('shop_2', 'good'),
    database('shop_3', 'bad'),
    database('gone', 'bad', { exists: false }),
    database('shop_1', 'warn'),
  ]
  expect(inOrder(items).map(item => item.database)).toEqual([
    'shop_3',
    'shop_1',
    'shop_2',
    'shop_10',
    'gone',
    'left_out',
  ])
})
