import { randomBytes } from 'node:crypto'
import { CreateMultipartUploadCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AccountFolder } from '@odoo-backup/protocol'
import type { AuditEvent } from '../../apps/broker/src/audit/audit-trail.ts'
import { addCredit } from '../../apps/broker/src/billing/ledger/kept-credits.ts'
import { createRemoval } from '../../apps/broker/src/billing/removal/removal.ts'
import { removeFolder } from '../../apps/broker/src/billing/removal/remove-folder.ts'
import { measureFolder } from '../../apps/broker/src/usage/measure-folder.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { ownerOf } from '../../infra/sandbox/s3-client.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'
import { brokerCommand } from '../fixtures/broker-command.ts'
import { stateFolderSettings } from '../fixtures/state-folder.ts'

// Accounts that paid nothing a hundred days ago: grace is over at once, restoring after five days.

const DAY_MS = 86_400_000
const DAYS = 30
const begun = Date.now() - 100 * DAY_MS
const sandbox = sandboxEnvironment()
const bucket = sandbox.bucket
const prices = {
  BROKER_PAYMENT: 'prepaid',
  BROKER_PLANS: JSON.stringify([{ name: 'small', creditsPerMonth: 10, graceDays: 0, restoreDays: 5 }]),
}
const by = { actor: 'operator', reason: 'unpaid' }
const s3 = ownerOf('accounts', sandbox)

let desk: BillingDesk
const used: AccountFolder[] = []
beforeAll(async () => {
  desk = await openBillingDesk(new Date(begun))
})
afterAll(async () => {
  const everything = { client: s3, bucket, writtenBefore: new Date(8.64e15), mayGoOn: async () => undefined }
  for (const folder of used) await removeFolder(everything, folder)
  s3.destroy()
  await desk.close()
})

const onDay = (day: number) => desk.set(new Date(begun + day * DAY_MS))
const put = (folder: string, name: string, size: number) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${folder}/${name}`, Body: randomBytes(size) }))
const stored = (folder: AccountFolder) =>
  measureFolder({ client: s3, bucket, pause: async () => undefined }, folder)

/** An account that could not pay on day 0, and its way to removal. */
async function debtor() {
  onDay(0)
  const account = await desk.registry.newAccount()
  const billing = desk.open(prices)
  await billing.renewal.renew(account.accountId)
  const audited: AuditEvent[] = []
  const removal = createRemoval({
    database: desk.database,
    notices: desk.notices,
    plans: billing.plans,
    control: billing.control,
    audit: {
      record: async event => {
        audited.push(event)
      },
    },
    now: desk.now,
    days: DAYS,
  })
  const folder = AccountFolder.parse(account.folder)
  used.push(folder)
  return { ...account, folder, billing, removal, audited }
}

test('nothing is removed before both notices were given, each in its time, and the time after them is over', async () => {
  const { accountId, removal, audited } = await debtor()
  onDay(4)
  await expect(removal.notify(accountId, by)).rejects.toThrow(/restore_only/)
  onDay(6)
  await expect(removal.check(accountId)).rejects.toThrow(/first notice has not been given/)
  expect((await removal.notify(accountId, by)).isSecond).toBe(false)
  onDay(6 + DAYS - 1)
  await expect(removal.notify(accountId, by)).rejects.toThrow(/may be given from/)
  await expect(removal.check(accountId)).rejects.toThrow(/second notice has not been given/)
  onDay(6 + DAYS)
  expect((await removal.notify(accountId, by)).isSecond).toBe(true)
  onDay(6 + 2 * DAYS - 1)
  await expect(removal.check(accountId)).rejects.toThrow(/time is not over/)
  let touched = false
  const work = async () => {
    touched = true
    return { versions: 0, uploads: 0 }
  }
  await expect(removal.remove(accountId, by, work)).rejects.toMatchObject({ code: 'removal_refused' })
  expect(touched).toBe(false)
  expect(audited.map(({ action, outcome, reason }) => [action, outcome, reason])).toEqual([
    ['billing.removal_notice', 'refused', 'removal_refused'],
    ['billing.removal_notice', 'done', 'unpaid'],
    ['billing.removal_notice', 'refused', 'removal_refused'],
    ['billing.removal_notice', 'done', 'unpaid'],
    ['billing.removal_begun', 'refused', 'removal_refused'],
  ])
  expect(audited.at(-1)?.detail).toEqual({
    why: 'unpaid',
    because: expect.stringContaining('time is not over'),
  })
  const told = (await desk.notices.list(accountId, undefined)).notices.map(({ message }) => message)
  expect(told.filter(message => message.includes('removed for good'))).toHaveLength(2)
})

test('who pays keeps everything: the notices are withdrawn and count for no later debt', async () => {
  const { accountId, removal, billing, registry } = { ...(await debtor()), registry: desk.registry }
  onDay(6)
  await removal.notify(accountId, by)
  onDay(6 + DAYS)
  await removal.notify(accountId, by)
  onDay(6 + 2 * DAYS)
  await removal.check(accountId)
  await addCredit(registry.pool, {
    accountId,
    kind: 'grant',
    amount: 10_000,
    reference: accountId,
    actor: 'test',
    at: desk.now(),
  })
  await billing.renewal.renew(accountId, { asked: true })
  // The first month is paid; the one of today is due at once, and told anew.
  const left = (await desk.notices.list(accountId, undefined)).notices
  expect(left.map(({ type }) => type)).toEqual(['insufficient_credits'])
  onDay(6 + 3 * DAYS)
  await expect(removal.check(accountId)).rejects.toThrow(/first notice has not been given/)
})

test('while billing is paused, nothing is removed', async () => {
  const { accountId, removal, billing } = await debtor()
  onDay(20)
  await billing.control.pause('a restore', 'operator')
  await expect(removal.notify(accountId, by)).rejects.toThrow(/paused/)
  await billing.control.resume('operator')
})

test('the command tells what it would remove, removes it with every version only with --yes, and no neighbour’s', async () => {
  const { accountId, removal, folder } = await debtor()
  const neighbour = AccountFolder.parse(`${folder}0`)
  used.push(neighbour)
  onDay(6)
  await removal.notify(accountId, by)
  onDay(6 + DAYS)
  await removal.notify(accountId, by)
  await put(folder, 'a.zip', 1000)
  await put(folder, 'a.zip', 300)
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${folder}/a.zip` }))
  await put(folder, 'b.zip', 20)
  await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: `${folder}/open.zip` }))
  await put(neighbour, 'c.zip', 50)
  const before = await stored(folder)
  expect(before).toMatchObject({ currentObjects: 1, oldObjects: 2, uploads: 1 })

  const environment = {
    ...prices,
    BROKER_DATABASE_URL: desk.registry.databaseUrl,
    ...stateFolderSettings(desk.registry.databaseUrl),
    BROKER_S3_BUCKET: bucket,
    BROKER_S3_REGION: sandbox.region,
    BROKER_S3_ENDPOINT: sandbox.s3Endpoint,
    BROKER_S3_PATH_STYLE: 'true',
    REMOVAL_ACCESS_KEY_ID: sandbox.removalAccessKeyId,
    REMOVAL_SECRET_ACCESS_KEY: sandbox.removalSecretAccessKey,
  }
  const command = ['billing', 'remove-data', accountId, '--why', 'unpaid for long']
  const dry = await brokerCommand(command, environment)
  expect(dry).toMatchObject({ status: 0, stdout: expect.stringContaining('1 objects (20 bytes), 2 old') })
  expect(await stored(folder)).toEqual(before)

  const done = await brokerCommand([...command, '--yes'], environment)
  expect(done).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Removed 4 versions and 1 open uploads.'),
  })
  expect(await stored(folder)).toMatchObject({ currentObjects: 0, oldObjects: 0, uploads: 0 })
  expect(await stored(neighbour)).toMatchObject({ currentObjects: 1 })
  const { rows } = await desk.registry.pool.query(
    "SELECT action, actor, reason FROM audit_event WHERE account_id = $1 AND action LIKE 'billing.removal%' ORDER BY id",
    [accountId],
  )
  expect(rows).toEqual([
    { action: 'billing.removal_checked', actor: 'operator', reason: 'unpaid for long' },
    { action: 'billing.removal_begun', actor: 'operator', reason: 'unpaid for long' },
    { action: 'billing.removal_done', actor: 'operator', reason: 'unpaid for long' },
  ])

  const other = await debtor()
  const refused = await brokerCommand(
    ['billing', 'remove-data', other.accountId, '--why', 'too early', '--yes'],
    environment,
  )
  expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('has not been given') })
})
