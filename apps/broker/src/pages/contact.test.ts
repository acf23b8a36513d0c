import { expect, test } from '@jest/globals'
import { Contact } from './contact.ts'

test.each(['backups@provider.example', 'https://provider.example/help', 'http://127.0.0.1:8080'])(
  'an operator is reached by %s',
  contact => {
    expect(Contact.parse(contact)).toBe(contact)
  },
)

test.each([
  '',
  'backups',
  'mailto:a@b.example',
  'javascript:alert(1)',
  'https://user:secret@provider.example',
])('nobody is reached by "%s", and it is said what is wanted', contact => {
  const [fault] = Contact.safeParse(contact).error?.issues ?? []
  expect(fault?.message).toBe('Give an e-mail address, or an absolute http:// or https:// URL.')
})
