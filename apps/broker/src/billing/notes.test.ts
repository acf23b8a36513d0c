import { expect, test } from '@jest/globals'
import { notes as german } from '../operators/messages/notes-de.ts'
import { NOTES, type NoteCode, noteIn, noteText } from './notes.ts'

const codes = Object.keys(NOTES).filter((name): name is NoteCode => name in NOTES)

test.each(codes)('the note %s is read from what is kept', code => {
  const word = german[code]
  const value = 'a {} $& value'
  expect(noteIn(german, noteText(code, value))).toBe(typeof word === 'string' ? word : word(value))
})

test('what the broker did not write stays as it is', () => {
  for (const text of [
    '',
    'settled',
    'refunds',
    'nothing was paid (payment_status',
    'asked for by a customer',
  ])
    expect(noteIn(german, text)).toBe(text)
})
