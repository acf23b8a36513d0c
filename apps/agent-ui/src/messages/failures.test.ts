import { expect, test } from '@jest/globals'
import { AgentErrorCode } from '@odoo-backup/protocol'
import { de } from './de/index.ts'
import { en } from './en/index.ts'
import { shortFailure } from './sentence.ts'

test('every failure of the agent is told in German, and in its own words where it speaks the reader’s language', () => {
  const told = AgentErrorCode.options.map(code => de.failures.ofCode(code))
  expect(new Set(told).size).toBe(AgentErrorCode.options.length)
  for (const sentence of told) expect(sentence).toMatch(/^[A-Za-z].*[^.]\.$/)
  const failure = { code: 'disk_full', message: 'No space is left.' }
  expect([de, en].map(({ failures }) => shortFailure(failures, failure))).toEqual([
    'Die Platte ist voll.',
    failure.message,
  ])
})

test('a code that no page knows is told in the agent’s words', () => {
  const failure = { code: 'of_tomorrow', message: 'What nobody knew.' }
  expect(shortFailure(de.failures, failure)).toBe(failure.message)
  expect(shortFailure(de.failures, { ...failure, code: 'constructor' })).toBe(failure.message)
})

test('where Odoo does not answer, all of what to do is said in German', () => {
  const { ofCode, saysAll } = de.failures
  expect(saysAll('odoo_unreachable')).toBe(true)
  expect(ofCode('odoo_unreachable')).toMatch(/Starten Sie Odoo.*odoo_backup_sh_odoo_url.*Hauptpasswort/)
})
