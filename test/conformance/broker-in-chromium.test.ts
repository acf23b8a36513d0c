/** The pages of a log-in in a real browser: their scripts under the strict content policy, and without scripts. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../end-to-end/chromium.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
let browser: Browser
let odoo: Server
let odooUrl: string
beforeAll(async () => {
  broker = await runBroker()
  odoo = createServer((_request, response) => response.end('<title>The page of an Odoo</title>'))
  await new Promise<void>(done => odoo.listen(0, '127.0.0.1', done))
  odooUrl = `http://127.0.0.1:${(odoo.address() as AddressInfo).port}/web/database/backups`
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  odoo?.close()
  await broker?.close()
})

/** A fresh profile whose pages break no policy: what the console says of it is kept. */
async function open(javaScriptEnabled = true): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ javaScriptEnabled })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' && !/favicon/.test(message.location().url)) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  return { page, complaints }
}

async function logInAtOdooCom(page: Page, user: { login: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(user.login)
  await page.getByLabel('Password').fill(user.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
}

test('somebody logs in, approves and is back in Odoo with a code that binds', async () => {
  const user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const { page, complaints } = await open()
  await page.goto((await agent.cloudParams(odooUrl, '1')).body.auth_link)
  await logInAtOdooCom(page, user)
  await page.getByRole('heading', { name: 'May this Odoo use your backup account?' }).waitFor()
  expect(page.url()).not.toContain('access_token')
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.waitForURL(/odoo_backup_code=/)
  expect(await page.title()).toBe('The page of an Odoo')
  expect((await agent.cloudParams(page.url(), '1')).body['odoo_backup_sh.odoo_oauth_uid']).toBe(user.id)
  expect(complaints).toEqual([])
  // The token of odoo.com is in no address that the browser remembers.
  await page.goBack()
  expect(page.url()).not.toContain('access_token')
})

test('the account page works in a browser: names, purposes, revoking, log-out', async () => {
  const user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const { page, complaints } = await open()
  await page.goto((await agent.post('/v1/login-requests')).body.authLink)
  await logInAtOdooCom(page, user)
  await page.getByRole('button', { name: 'Approve' }).click()
  const code = await page.locator('#code').textContent()
  expect((await agent.post('/v1/bind', { code })).status).toBe(200)
  await page.goto(`${broker.url}/account`)
  await page.getByRole('textbox', { name: 'Name' }).fill('Head office')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Head office' }).waitFor()
  await page.getByRole('button', { name: 'Revoke Head office' }).click()
  await page.getByText(/^Revoked/).waitFor()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('heading', { name: 'You are logged out' }).waitFor()
  expect(complaints).toEqual([])
})

test('a form that comes too late after the log-in leads to a new one, and then does what it should', async () => {
  const user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const { page } = await open()
  await page.goto((await agent.post('/v1/login-requests')).body.authLink)
  await logInAtOdooCom(page, user)
  await page.getByRole('heading', { name: 'May this server use your backup account?' }).waitFor()
  broker.advance(601)
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('heading', { name: 'This link is no longer valid' }).waitFor()

  await page.goto((await agent.post('/v1/login-requests')).body.authLink)
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('button', { name: 'Approve' }).click()
  const code = await page.locator('#code').textContent()
  expect((await agent.post('/v1/bind', { code })).status).toBe(200)
  await page.goto(`${broker.url}/account`)
  broker.advance(601)
  await page.getByRole('button', { name: /^Revoke/ }).click()
  await page.getByRole('heading', { name: 'Log in again' }).waitFor()
  expect((await agent.get('/v1/account')).status).toBe(200)
  await page.getByRole('link', { name: 'Log in' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('button', { name: /^Revoke/ }).click()
  await page.getByText(/^Revoked/).waitFor()
  expect((await agent.get('/v1/account')).body.code).toBe('revoked')
})

test('without scripts the callback page says what to do', async () => {
  const agent = brokerClient(broker.url, newUserKey())
  const { page } = await open(false)
  await page.goto((await agent.cloudParams(odooUrl, '1')).body.auth_link)
  await logInAtOdooCom(page, await newOdooComUser())
  expect(await page.getByRole('main').textContent()).toContain('This step needs JavaScript')
})
