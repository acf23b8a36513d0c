import { beforeEach, expect, test } from '@jest/globals'
import { AccountFolder } from '@odoo-backup/protocol'
import express from 'express'
import supertest from 'supertest'
import type { Session } from '../login/sessions.ts'
import { hasMenu } from '../pages/language.ts'
import { AccountId } from '../registry/ids.ts'
import { createOperatorDoor } from './operator-door.ts'

/** Who is greeted on a page that refuses what they asked for. */

const session = (subject: string, suspended = false): Session => ({
  account: {
    id: AccountId.parse('00000000-0000-4000-8000-000000000001'),
    provider: 'odoo',
    subject,
    folder: AccountFolder.parse('42'),
    email: undefined,
    name: undefined,
    suspended,
    language: undefined,
  },
  authenticatedAt: new Date(0),
  formToken: 'token',
})

let find: () => Promise<Session | undefined>
let looks: number
beforeEach(() => {
  looks = 0
})

const door = createOperatorDoor({
  operators: [{ provider: 'odoo', subject: '42', role: 'viewer' }],
  sessions: {
    find: () => {
      looks += 1
      return find()
    },
  },
  cookies: { held: () => ({ session: undefined, browser: undefined }) },
  forms: { admit: async () => undefined },
  audit: { record: async () => undefined },
})

async function greeted(accept = 'text/html'): Promise<boolean> {
  const app = express()
  app.use(async (request, response) => {
    await door.greet(request, response)
    response.json(hasMenu(response))
  })
  const { status, body } = await supertest(app).get('/operator').set('accept', accept)
  expect(status).toBe(200)
  return body
}

test.each<[string, () => Promise<Session | undefined>, boolean]>([
  ['an operator', async () => session('42'), true],
  ['an operator who is suspended', async () => session('42', true), false],
  ['whoever is no operator', async () => session('43'), false],
  ['nobody', async () => undefined, false],
  ['somebody while the registry fails', () => Promise.reject(new Error('away')), false],
])('%s', async (_who, answer, isGreeted) => {
  find = answer
  expect(await greeted()).toBe(isGreeted)
})

test('a program has no menu, and nobody looks whose it is', async () => {
  find = async () => session('42')
  expect(await greeted('application/json')).toBe(false)
  expect(looks).toBe(0)
})
