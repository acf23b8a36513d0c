import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readSettings } from '@odoo-backup/service'
import { z } from 'zod'
import { mailNotices } from '../../apps/broker/src/notices/mail-notices.ts'
import { MailSettings } from '../../apps/broker/src/notices/mail-settings.ts'
import { openMailer } from '../../apps/broker/src/notices/mailer.ts'
import { createNoticeBoard, type NoticeBoard } from '../../apps/broker/src/notices/notice-board.ts'
import { openRegistryDatabase, type RegistryDatabase } from '../../apps/broker/src/registry/database.ts'
import { startMailServer } from '../fixtures/mail-server.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'

let registry: TestRegistry
let database: RegistryDatabase
let notices: NoticeBoard
let clock = Date.UTC(2026, 0, 1)
const now = () => new Date(clock)
beforeAll(async () => {
  registry = await openTestRegistry()
  database = openRegistryDatabase({
    databaseUrl: registry.databaseUrl,
    maxConnections: 5,
    onIdleError: () => undefined,
  })
  notices = createNoticeBoard(database.prisma, now)
})
afterAll(async () => {
  await database.close()
  await registry.drop()
})

const settings = (port: number) =>
  readSettings(MailSettings.extend({ BROKER_PUBLIC_URL: z.string() }), {
    BROKER_SMTP_HOST: '127.0.0.1',
    BROKER_SMTP_PORT: String(port),
    BROKER_PUBLIC_URL: 'https://backups.example',
  })

/** One run of the job on a connection of its own. */
async function run(port: number): Promise<number> {
  const mailer = openMailer(settings(port))
  if (mailer === undefined) throw new Error('There is no mailer.')
  const { pool } = registry
  return mailNotices({
    pool,
    mailer,
    publicUrl: 'https://backups.example',
    now,
    onFailure: () => undefined,
  }).finally(() => mailer.close())
}

async function accountOf(email: string | null) {
  const account = await registry.newAccount()
  await registry.pool.query('UPDATE account SET email = $2 WHERE id = $1', [account.accountId, email])
  return account
}

/** A mail with its quoted-printable parts undone. */
function decoded(mail: string): string {
  return mail
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/(?:=[0-9A-F]{2})+/g, bytes => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'))
}

const credit = {
  type: 'insufficient_credits',
  text: { code: 'payment_due', amount: '9.5', currency: 'credits', since: '2026-01-01' },
} as const

test('a notice is mailed to its account once, also by two brokers at once, and says no secret', async () => {
  const server = await startMailServer()
  const { accountId, paymentToken, folder } = await accountOf('owner@example.com')
  await accountOf('other@example.com')
  await notices.raise((await accountOf(null)).accountId, credit)
  await notices.raise(accountId, credit)
  const withdrawn = await accountOf('withdrawn@example.com')
  await notices.raiseCondition(withdrawn.accountId, 'insufficient_credits', credit)
  await notices.withdrawCondition(withdrawn.accountId, 'insufficient_credits')
  const counts = await Promise.all([run(server.port), run(server.port)])
  expect(counts[0] + counts[1]).toBe(1)
  expect(await run(server.port)).toBe(0)
  await server.close()
  expect(server.messages).toHaveLength(1)
  const [mail = ''] = server.messages
  expect(mail).toMatch(/^To: owner@example\.com$/m)
  expect(mail).toMatch(/^From: odoo-backup@backups\.example$/m)
  expect(mail).toMatch(/^Message-ID: <notice-\d+@backups\.example>$/m)
  expect(mail).toContain('9.5 credits for backups have been due since 2026-01-01')
  expect(mail).toContain('https://backups.example/account')
  for (const secret of [paymentToken, folder]) expect(mail).not.toContain(secret)
})

test('a notice is mailed in the language in which its account last read its pages, else in English', async () => {
  const server = await startMailServer()
  const readers = { 'german@example.com': 'de', 'french@example.com': 'fr', 'new@example.com': null }
  for (const [email, language] of Object.entries(readers)) {
    const { accountId } = await accountOf(email)
    await registry.pool.query('UPDATE account SET language = $2 WHERE id = $1', [accountId, language])
    await notices.raise(accountId, credit)
  }
  const { accountId: older } = await accountOf('older@example.com')
  await registry.pool.query(
    `INSERT INTO notice (account_id, type, message, created_at) VALUES ($1, 'other', 'Told by an older broker.', $2)`,
    [older, now()],
  )
  await registry.pool.query("UPDATE account SET language = 'de' WHERE id = $1", [older])
  expect(await run(server.port)).toBe(4)
  await server.close()
  const [german = '', french = '', fresh = '', told = ''] = server.messages.map(decoded)
  expect(german).toContain('9,5 Credits für Sicherungen sind seit 2026-01-01 fällig')
  expect(german).toMatch(/^Subject: .*Ihre_Sicherungen:_Eine_Zahlung/m)
  for (const mail of [french, fresh]) {
    expect(mail).toContain('9.5 credits for backups have been due since 2026-01-01')
    expect(mail).toMatch(/^Subject: Your backups: a payment is due/m)
  }
  expect(told).toContain('Told by an older broker.')
  expect(told).toMatch(/^Subject: .*Ihre Sicherungen: Eine Mitteilung/m)
})

test('a server that is away loses no notice: the run fails, and the next one mails it', async () => {
  const server = await startMailServer()
  await server.close()
  await notices.raise((await accountOf('later@example.com')).accountId, credit)
  await expect(run(server.port)).rejects.toMatchObject({ code: 'unreachable' })
  const back = await startMailServer()
  expect(await run(back.port)).toBe(1)
  await back.close()
  expect(back.messages[0]).toMatch(/^To: later@example\.com$/m)
})

test('a mailbox that is refused keeps nobody else waiting, and is tried again ever more rarely', async () => {
  const server = await startMailServer()
  server.refused.add('full@example.com')
  await notices.raise((await accountOf('full@example.com')).accountId, credit)
  await notices.raise((await accountOf('fine@example.com')).accountId, credit)
  expect(await run(server.port)).toBe(1)
  server.refused.clear()
  expect(await run(server.port)).toBe(0)
  clock += 5 * 60_000
  expect(await run(server.port)).toBe(1)
  await server.close()
  expect(server.messages.map(mail => /^To: (.*)$/m.exec(mail)?.[1])).toEqual([
    'fine@example.com',
    'full@example.com',
  ])
})

test('a mailbox on which the server hangs up keeps nobody else waiting either', async () => {
  const server = await startMailServer()
  server.hungUpOn.add('gone@example.com')
  await notices.raise((await accountOf('gone@example.com')).accountId, credit)
  await notices.raise((await accountOf('glad@example.com')).accountId, credit)
  expect(await run(server.port)).toBe(1)
  expect(server.messages[0]).toMatch(/^To: glad@example\.com$/m)
  server.hungUpOn.clear()
  clock += 5 * 60_000
  expect(await run(server.port)).toBe(1)
  await server.close()
})

test('an address cannot add recipients or headers', async () => {
  const server = await startMailServer()
  await notices.raise(
    (await accountOf('a@example.com, b@example.com\r\nBcc: c@example.com')).accountId,
    credit,
  )
  await run(server.port)
  await server.close()
  // It goes out as the one odd mailbox that it is, which the server does not take for an address.
  expect(server.recipients).toEqual([])
  expect(server.messages).toEqual([])
})

test('without a mail server there is no mailer', () => {
  const none = readSettings(MailSettings.extend({ BROKER_PUBLIC_URL: z.string() }), {
    BROKER_PUBLIC_URL: 'https://backups.example',
  })
  expect(openMailer(none)).toBeUndefined()
})
