import { expect, test } from '@jest/globals'
import { AccountFolder, type VendedCredentials } from '@odoo-backup/protocol'
import { formatIni, type IniDocument, parseIni } from '../config/ini-document.ts'
import { AgentError } from '../errors.ts'
import type { BrokerClient } from './broker-client.ts'
import { CredentialSource } from './credential-source.ts'

const HOUR_MS = 3_600_000

/** A source over a document in memory, and a clock and a broker's answers in the test's hands. */
function stage() {
  let now = Date.parse('2026-01-01T00:00:00Z')
  let document: IniDocument = parseIni('[options]\n')
  let asked = 0
  let full = false
  let answer: () => Promise<VendedCredentials> = async () => vended(HOUR_MS)
  const vended = (lifeMs: number): VendedCredentials => ({
    purpose: 'backup',
    bucket: 'bucket',
    folder: AccountFolder.parse('42'),
    region: 'r',
    endpoint: 'http://127.0.0.1:1',
    pathStyle: true,
    accessKeyId: `key-${asked}`,
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiresAt: new Date(now + lifeMs).toISOString(),
  })
  const unused = () => Promise.reject(new Error('not asked for in these tests'))
  const broker: BrokerClient = {
    credentials: async purpose => {
      asked++
      return { ...(await answer()), purpose }
    },
    bind: unused,
    loginLink: unused,
    account: unused,
    notices: unused,
    rechargeLink: unused,
  }
  const open = () =>
    new CredentialSource({
      broker: () => broker,
      configuration: {
        refresh: async () => ({ document }),
        change: async edit => {
          if (full) throw new AgentError('configuration_unwritable', 'full')
          document = edit(document)
        },
      },
      now: () => new Date(now),
    })
  return {
    open,
    vended,
    asked: () => asked,
    text: () => formatIni(document),
    diskIsFull: (is: boolean) => {
      full = is
    },
    renewKey: () => {
      document = parseIni('[options]\nodoo_backup_sh_user_key = another\n')
    },
    advance: (ms: number) => {
      now += ms
    },
    answerWith: (next: () => Promise<VendedCredentials>) => {
      answer = next
    },
  }
}

test('however many ask at once, the broker is asked once, and what it gave is kept for the next start', async () => {
  const { open, asked } = stage()
  const source = open()
  const all = await Promise.all(Array.from({ length: 100 }, () => source.get('backup')))
  expect(new Set(all.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['key-1']))
  expect((await open().get('backup')).accessKeyId).toBe('key-1')
  expect(asked()).toBe(1)
})

test('a refusal is no answer to whoever asks later, such as after buying credit; then all are answered by one', async () => {
  const { open, asked, answerWith, vended } = stage()
  const source = open()
  let refuse = (_: unknown) => {}
  answerWith(() => new Promise((_, reject) => (refuse = reject)))
  const before = source.get('backup')
  const whileItIsAsked = Array.from({ length: 100 }, () => source.get('backup'))
  await new Promise(setImmediate)
  answerWith(async () => vended(HOUR_MS))
  refuse(new AgentError('payment_required', 'Buy credit.'))
  await expect(before).rejects.toMatchObject({ code: 'payment_required' })
  const keys = (await Promise.all(whileItIsAsked)).map(({ accessKeyId }) => accessKeyId)
  expect(new Set(keys)).toEqual(new Set(['key-2']))
  expect(asked()).toBe(2)
})

test('it is asked again before the end, and after the store refused what there was', async () => {
  const { open, asked, advance } = stage()
  const source = open()
  await source.get('backup')
  advance(HOUR_MS - 6 * 60_000)
  expect((await source.get('backup')).accessKeyId).toBe('key-1')
  advance(2 * 60_000)
  expect((await source.get('backup')).accessKeyId).toBe('key-2')
  expect((await source.get('backup', 'key-2')).accessKeyId).toBe('key-3')
  expect(asked()).toBe(3)
})

test('while the broker is away, what is still valid is used to its end, and not beyond', async () => {
  const { open, advance, answerWith } = stage()
  const source = open()
  await source.get('backup')
  answerWith(() => Promise.reject(new AgentError('broker_unreachable', 'away')))
  advance(HOUR_MS - 60_000)
  expect((await source.get('backup')).accessKeyId).toBe('key-1')
  advance(60_000)
  await expect(source.get('backup')).rejects.toMatchObject({ code: 'broker_unreachable' })
})

test('a refusal drops what is kept, and is never papered over', async () => {
  const { open, advance, answerWith, text } = stage()
  const source = open()
  await source.get('backup')
  expect(text()).toContain('odoo_backup_sh_aws_session_token = token')
  answerWith(() => Promise.reject(new AgentError('access_revoked', 'revoked')))
  advance(HOUR_MS - 60_000)
  await expect(source.get('backup')).rejects.toMatchObject({ code: 'access_revoked' })
  expect(text().trim()).toBe('[options]')
})

test('only what a credential consists of is stored', async () => {
  const { open, answerWith, vended, text } = stage()
  answerWith(async () => Object.assign(vended(HOUR_MS), { 'odoo_backup_sh.broker_url': 'http://evil' }))
  await open().get('backup')
  expect(text()).not.toContain('evil')
})

test('whoever was refused with a credential gets another one, although somebody asks for any at the same moment', async () => {
  const { open, asked } = stage()
  const source = open()
  const { accessKeyId } = await source.get('backup')
  const [any, other] = await Promise.all([source.get('backup'), source.get('backup', accessKeyId)])
  expect(any.accessKeyId).toBe(accessKeyId)
  expect(other.accessKeyId).not.toBe(accessKeyId)
  expect(asked()).toBe(2)
})

test('on a full disk a credential serves from memory, and is written with the next that can be', async () => {
  const { open, asked, diskIsFull, text, advance } = stage()
  const source = open()
  diskIsFull(true)
  expect((await source.get('backup')).accessKeyId).toBe('key-1')
  await source.get('rotate')
  expect((await source.get('backup')).accessKeyId).toBe('key-1')
  expect((await source.get('rotate')).accessKeyId).toBe('key-2')
  expect(asked()).toBe(2)
  expect(text()).not.toContain('key-1')
  diskIsFull(false)
  await source.get('restore')
  for (const key of ['key-1', 'key-2', 'key-3']) expect(text()).toContain(key)
  advance(HOUR_MS - 60_000)
  expect((await source.get('backup')).accessKeyId).toBe('key-4')
})

test('a full disk hides no refusal, and what was dropped on it does not come back', async () => {
  const { open, diskIsFull, answerWith, advance, text } = stage()
  const source = open()
  await source.get('backup')
  await source.get('restore')
  diskIsFull(true)
  answerWith(() => Promise.reject(new AgentError('access_revoked', 'revoked')))
  await expect(source.get('backup', 'key-1')).rejects.toMatchObject({ code: 'access_revoked' })
  await expect(source.get('restore')).rejects.toMatchObject({ code: 'access_revoked' })
  diskIsFull(false)
  advance(1)
  await expect(source.get('restore')).rejects.toMatchObject({ code: 'access_revoked' })
  expect(text().trim()).toBe('[options]')
})

test('what was given to a former key, and not written, is not given to the next', async () => {
  const { open, diskIsFull, renewKey } = stage()
  const source = open()
  diskIsFull(true)
  await source.get('backup')
  renewKey()
  expect((await source.get('backup')).accessKeyId).toBe('key-2')
})
