import { execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import {
  type MailServer,
  type MailServerOptions,
  startMailServer,
} from '../../../../test/fixtures/mail-server.ts'
import type { DeliverySettings } from './deliver.ts'

const PROGRAM = join(import.meta.dirname, '../../../../test/fixtures/send-mail.ts')
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const account = { user: 'backups@example.com', password: 'correct horse battery' }
const folder = mkdtempSync(join(tmpdir(), 'odoo-backup-mail-'))
const certificateFile = join(folder, 'cert.pem')
/** One that no other run listens on, at the port that speaks TLS from the start. */
const host = `127.${[randomInt(1, 255), randomInt(1, 255), randomInt(1, 255)].join('.')}`
let certificate: NonNullable<MailServerOptions['certificate']>
let server: MailServer

beforeAll(() => {
  const keyFile = join(folder, 'key.pem')
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'],
      ...['-addext', `subjectAltName=IP:127.0.0.1,IP:${host}`, '-keyout', keyFile, '-out', certificateFile],
    ],
    { stdio: 'ignore' },
  )
  certificate = { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certificateFile, 'utf8') }
})
afterEach(() => server.close())
afterAll(() => rmSync(folder, { recursive: true }))

/** Sends a mail with this log-in; what went wrong, or nothing. */
async function send(
  logIn: { user?: string; password?: string },
  { trusting = false, smtpHost = '127.0.0.1' } = {},
): Promise<string> {
  const settings: DeliverySettings = {
    notices: {
      mailTo: ['admin@example.com'],
      mailFrom: 'agent@example.com',
      smtpHost,
      smtpPort: server.port,
      allowPrivateAddresses: false,
    },
    secrets: {
      pingUrls: new Map(),
      ...(logIn.user === undefined ? {} : { smtpUser: logIn.user }),
      ...(logIn.password === undefined ? {} : { smtpPassword: logIn.password }),
    },
  }
  const child = spawn(process.execPath, ['--import', LOADER, PROGRAM], {
    env: { PATH: process.env.PATH, ...(trusting ? { NODE_EXTRA_CA_CERTS: certificateFile } : {}) },
    stdio: 'pipe',
  })
  child.stdin.end(JSON.stringify(settings))
  const [said, logged] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (logIn.password !== undefined) expect(logged).not.toContain(logIn.password)
  return said
}

test('a log-in goes through STARTTLS to a server whose certificate is trusted', async () => {
  server = await startMailServer({ certificate, account })
  expect(await send(account, { trusting: true })).toBe('')
  expect(server.logIns).toEqual([{ encrypted: true, right: true }])
  expect(server.messages).toEqual([expect.stringContaining('The backup failed.')])
})

test('at port 465 all goes over TLS from the first byte, a log-in too, and only to a certificate that is trusted', async () => {
  server = await startMailServer({ host, port: 465, certificate, isImplicitTls: true, account })
  expect(await send(account, { trusting: true, smtpHost: host })).toBe('')
  expect(server.logIns).toEqual([{ encrypted: true, right: true }])
  expect(server.messages).toEqual([expect.stringContaining('The backup failed.')])
  expect(await send(account, { smtpHost: host })).toMatch(/certificate that is not trusted/)
  expect(server.logIns).toHaveLength(1)
})

test('at port 465 a mail without log-in goes over TLS too', async () => {
  server = await startMailServer({ host, port: 465, certificate, isImplicitTls: true })
  expect(await send({}, { trusting: true, smtpHost: host })).toBe('')
  expect(server.messages).toHaveLength(1)
})

test('a certificate that is not trusted gets no password, and the failure says how to trust it', async () => {
  server = await startMailServer({ certificate, account })
  expect(await send(account)).toMatch(/certificate that is not trusted.*NODE_EXTRA_CA_CERTS/)
  expect(server.logIns).toEqual([])
})

test.each([account, { user: account.user }])(
  'a server without encryption gets no log-in, %j, though it would take it',
  async logIn => {
    server = await startMailServer({ account })
    expect(await send(logIn)).toMatch(/offers no encryption.*587.*465/)
    expect(server.logIns).toEqual([])
  },
)

test('a wrong password is told as such, and stands in no message and no log, though the server repeats it', async () => {
  server = await startMailServer({ certificate, account })
  const failure = await send({ ...account, password: 'wrong horse' }, { trusting: true })
  expect(failure).toMatch(/refuses the user name or the password/)
  expect(failure).not.toContain('wrong horse')
  expect(server.messages).toEqual([])
})

test('without a log-in a mail goes, and a recipient that is refused is told with the words of the server', async () => {
  server = await startMailServer()
  expect(await send({})).toBe('')
  server.refused.add('admin@example.com')
  expect(await send({})).toMatch(/refuses the mail: 550 nobody/)
  expect(server.messages).toHaveLength(1)
})

test('a server that is not there is told with its address', async () => {
  server = await startMailServer()
  await server.close()
  expect(await send({})).toBe(
    `The mail server 127.0.0.1:${server.port} does not answer. Check its name and port, and the network between.`,
  )
})
