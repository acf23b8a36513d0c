import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { HttpBrowser, type Page } from '../fixtures/http-browser.ts'
import { logIn } from '../fixtures/log-in.ts'
import { type OperatorDesk, openOperatorDesk, reason } from '../fixtures/operator-desk.ts'
import { newOdooComUser } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'

/** Who is shown the menu of the console on refused pages, and what its lists call those whom they name. */

let desk: OperatorDesk
beforeAll(async () => {
  desk = await openOperatorDesk()
})
afterAll(() => desk?.broker.close())

const REFUSED = [
  ['/operator/audit?outcome=strange', 400],
  ['/operator/accounts/no-id', 400],
  ['/operator/accounts/00000000-0000-4000-8000-000000000000', 404],
  ['/operator/nowhere', 404],
] as const

const hasMenu = ({ text }: Page) => text.includes('href="/operator/credentials"')
/** Anything that leads to the console. */
const namesConsole = ({ text }: Page) => text.includes('href="/operator')

test('an operator has the menu on every refused page, and the way back', async () => {
  const viewer = await desk.enter('viewer')
  for (const [path, status] of [...REFUSED, ['/operator/billing', 403] as const]) {
    const page = await desk.open(path, viewer)
    expect({ path, status: page.status, menu: hasMenu(page) }).toEqual({ path, status, menu: true })
    expect(page.text).toContain('<a class="button" href="/operator">Operator console</a>')
    expect(page.text).not.toContain('href="/operator/billing"')
  }
  expect((await desk.open(REFUSED[2][0], viewer)).text).toContain('There is no account of this id.')
})

test('whoever is no operator, or is suspended, sees nothing of it', async () => {
  const stranger = new HttpBrowser({ accept: 'text/html' })
  await logIn(stranger, `${desk.broker.url}/login`, await newOdooComUser())
  const suspended = await desk.enter('viewer')
  const suspend = (at: string) =>
    desk.broker.query(`UPDATE account SET suspended_at = ${at} WHERE email = $1`, [
      desk.operators.viewer.login,
    ])
  await suspend('now()')
  try {
    for (const browser of [stranger, suspended])
      for (const [path, status] of [...REFUSED, ['/operator/billing', 404] as const]) {
        const page = await desk.open(path, browser)
        expect({ path, status: page.status, console: namesConsole(page) }).toEqual({
          path,
          status,
          console: false,
        })
      }
  } finally {
    await suspend('NULL')
  }
  const nobody = new HttpBrowser({ accept: 'text/html' })
  const strange = await desk.open('/operator/audit?outcome=strange', nobody)
  expect([strange.status, namesConsole(strange)]).toEqual([400, false])
})

test('lists call accounts, installations and operators by what they are called, and tell them apart', async () => {
  const customer = await newOdooComUser()
  const { agent, accountId, instanceId } = await bindInstance(desk.broker, customer)
  await desk.broker.query('UPDATE instance SET name = $2 WHERE id = $1', [instanceId, 'Head office'])
  await desk.change(accountId, 'grant', { credits: '50', reason })
  await agent.post('/v1/credentials', { purpose: 'backup' })
  const account = `<bdi title="${accountId}">${customer.login}</bdi></a> <span class="quiet"><bdi>${customer.id}</bdi></span>`
  const instance = `instance <q title="${instanceId}"><bdi>Head office</bdi></q>`
  const own = `odoo:${desk.operators.billing.id}`
  const operator = `operator <bdi title="${own}">${desk.operators.billing.login}</bdi> <span class="quiet"><bdi>${own}</bdi></span>`
  const audit = await desk.open(`/operator/audit?accountId=${accountId}`)
  for (const told of [account, instance, operator]) expect(audit.text).toContain(told)
  const credentials = await desk.open(`/operator/credentials?accountId=${accountId}`)
  for (const told of [account, instance]) expect(credentials.text).toContain(told)
  expect((await desk.open(`/operator/accounts/${accountId}/ledger`)).text).toContain(operator)
  const doubtful = await desk.chargeInDoubt()
  const [{ folder } = { folder: '' }] = await desk.broker.query<{ folder: string }>(
    'SELECT folder FROM account WHERE id = $1',
    [doubtful.accountId],
  )
  expect((await desk.open('/operator/billing')).text).toContain(
    `<bdi title="${doubtful.accountId}">${folder}</bdi></a>`,
  )
})
