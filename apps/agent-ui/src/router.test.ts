import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parsePlace, placeLink } from './router.ts'

describe('places', () => {
  test('an empty address is the dashboard', () => {
    expect(parsePlace('')).toMatchObject({ page: 'dashboard', subject: undefined })
    expect(parsePlace('#/')).toMatchObject({ page: 'dashboard', subject: undefined })
  })

  test('a subject that cannot be decoded is left out instead of breaking the page', () => {
    expect(parsePlace('#/backups/%E0%A4%A')).toMatchObject({ page: 'backups', subject: undefined })
  })

  test('whatever the name, a link leads back to it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), name => {
        expect(parsePlace(placeLink('backups', name)).subject).toBe(name)
      }),
    )
  })
})
