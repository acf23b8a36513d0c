import { expect, test } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import { Contact, contactLink, tellContact } from './contact.ts'

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

test.each([
  [
    'backups@provider.example',
    '<a href="mailto:backups@provider.example"><span class="part">backups@</span><wbr><span class="part">provider.<wbr>example</span></a>',
  ],
  [
    'https://provider.example/help',
    '<a href="https://provider.example/help">https://provider.<wbr>example/<wbr>help</a>',
  ],
  [undefined, 'nobody'],
])('the link to %s', async (contact, link) => {
  const app = express()
  app.use(tellContact(contact))
  app.use((_request, response) => void response.send(String(contactLink(response) ?? 'nobody')))
  expect((await supertest(app).get('/')).text).toBe(link)
})
