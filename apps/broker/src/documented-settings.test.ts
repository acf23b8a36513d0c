import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { isSecret } from '@odoo-backup/service'
import { z } from 'zod'
import { RemovalAccess, RemovalSettings } from './billing/removal/removal-settings.ts'
import { CutOffSettings } from './cli/cut-off.ts'
import { BrokerSettings } from './settings.ts'

const text = readFileSync(join(import.meta.dirname, '../../../docs/broker-settings.md'), 'utf8')
const settings: Readonly<Record<string, z.core.$ZodType>> = {
  ...RemovalAccess.shape,
  ...RemovalSettings.shape,
  ...CutOffSettings.shape,
  ...BrokerSettings.shape,
}
const rows = [...text.matchAll(/^\| (\**)`([A-Z0-9_]+)`\** *(†?) *\|.*?\| *([^|]*?) *\|$/gm)].map(
  ([, bold = '', name = '', dagger = '', fallback = '']) => ({
    name,
    isNeeded: bold !== '',
    isSecret: dagger !== '',
    fallback,
  }),
)

/** What holds where nothing is given; `MONTHLY_CREDITS` is kept in parts of a credit. */
function defaultOf(field: z.core.$ZodType): unknown {
  return z.safeParse(field, undefined).data
}

test('every setting of the broker is documented, and none that there is not', () => {
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(settings).sort())
})

test('what is a secret, what is needed and what holds otherwise is told as it is', () => {
  const wrong = rows.flatMap(row => {
    const field = settings[row.name]
    if (field === undefined) return []
    const value = defaultOf(field)
    const isTold =
      row.name === 'BROKER_MONTHLY_CREDITS' ||
      (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') ||
      row.fallback === `\`${value}\``
    return isTold && row.isSecret === isSecret(field) ? [] : [row]
  })
  expect(wrong).toEqual([])
  const needed = Object.entries(BrokerSettings.shape)
    .filter(([, field]) => !z.safeParse(field, undefined).success)
    .map(([name]) => name)
  expect(rows.flatMap(({ name, isNeeded }) => (isNeeded ? [name] : [])).sort()).toEqual(needed.sort())
})
