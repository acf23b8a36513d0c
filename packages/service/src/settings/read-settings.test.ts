import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { durationSeconds, flag, httpUrl, list, port } from './fields.ts'
import { keyRing, keysOfRing } from './key-ring.ts'
import { readSettings, secretsOf } from './read-settings.ts'
import { passwordOfUrl, secret } from './secret.ts'
import { SettingsError } from './settings-error.ts'

const schema = z.object({
  APP_PORT: port().default(8080),
  APP_PUBLIC_URL: httpUrl(),
  APP_DATABASE_URL: secret(z.string().startsWith('postgres', 'Give a postgresql:// URL.')),
  APP_MAIL_PASSWORD: secret().optional(),
  APP_PROXIES: list().default([]),
  APP_VERBOSE: flag().default(false),
})

const complete = { APP_PUBLIC_URL: 'https://broker.example/', APP_DATABASE_URL: 'postgres://u:canary@h/d' }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function faultsOf(environment: Record<string, string>): SettingsError {
  try {
    readSettings(schema, environment)
  } catch (error) {
    if (error instanceof SettingsError) return error
  }
  throw new Error('Expected a SettingsError.')
}

test('settings are read by their types, with defaults', () => {
  expect(
    readSettings(schema, { ...complete, APP_PROXIES: ' 10.0.0.1, ,10.0.0.2', APP_VERBOSE: 'Yes' }),
  ).toEqual({
    APP_PORT: 8080,
    APP_PUBLIC_URL: 'https://broker.example',
    APP_DATABASE_URL: 'postgres://u:canary@h/d',
    APP_PROXIES: ['10.0.0.1', '10.0.0.2'],
    APP_VERBOSE: true,
  })
})

test('an empty variable counts as not set', () => {
  expect(readSettings(schema, { ...complete, APP_PORT: '', APP_MAIL_PASSWORD: '' }).APP_PORT).toBe(8080)
})

test('a secret comes from the file that NAME_FILE names, without the line end of the file', () => {
  const file = join(folder, 'database-url')
  writeFileSync(file, 'postgres://from-file\n')
  const { APP_DATABASE_URL, ...rest } = complete
  expect(APP_DATABASE_URL).toContain('canary')
  expect(readSettings(schema, { ...rest, APP_DATABASE_URL_FILE: file }).APP_DATABASE_URL).toBe(
    'postgres://from-file',
  )
})

test('a secret inside optional() may come from a file too', () => {
  const file = join(folder, 'mail')
  writeFileSync(file, 'mail-canary')
  expect(readSettings(schema, { ...complete, APP_MAIL_PASSWORD_FILE: file }).APP_MAIL_PASSWORD).toBe(
    'mail-canary',
  )
})

test('a setting that is no secret is not read from a file', () => {
  expect(
    faultsOf({ ...complete, APP_PUBLIC_URL: '', APP_PUBLIC_URL_FILE: '/etc/hostname' }).message,
  ).toContain('APP_PUBLIC_URL: is not set.')
})

test('a secret that is given twice is a fault', () => {
  expect(faultsOf({ ...complete, APP_DATABASE_URL_FILE: '/x' }).faults).toEqual([
    {
      name: 'APP_DATABASE_URL',
      message: 'is set twice: keep either APP_DATABASE_URL or APP_DATABASE_URL_FILE.',
    },
  ])
})

test('a secret file that is missing is one fault and names the variable', () => {
  const error = faultsOf({
    APP_PUBLIC_URL: 'https://a.example',
    APP_DATABASE_URL_FILE: join(folder, 'absent'),
  })
  expect(error.faults).toHaveLength(1)
  expect(error.message).toContain('the file named by APP_DATABASE_URL_FILE cannot be read (ENOENT)')
})

test('all faults are listed at once, with what to do', () => {
  const error = faultsOf({ APP_PORT: '99999', APP_PUBLIC_URL: 'ftp://x', APP_VERBOSE: 'perhaps' })
  expect(error.faults.map(fault => fault.name).sort()).toEqual([
    'APP_DATABASE_URL',
    'APP_PORT',
    'APP_PUBLIC_URL',
    'APP_VERBOSE',
  ])
  expect(error.message).toContain('is not set. Set it, or APP_DATABASE_URL_FILE to a file that holds it.')
})

test('no fault shows the value of a secret', () => {
  expect(faultsOf({ ...complete, APP_DATABASE_URL: 'mysql://canary-value' }).message).not.toContain(
    'canary-value',
  )
})

test('secretsOf gives the raw secret values alone', () => {
  expect(secretsOf(schema, { ...complete, APP_MAIL_PASSWORD: 'pw' }).sort()).toEqual([
    'postgres://u:canary@h/d',
    'pw',
  ])
})

test('secretsOf gives what is secret inside a setting beside the whole, once each, and nothing of settings that are none', () => {
  const parted = z.object({
    APP_RING: secret(keyRing(), keysOfRing),
    APP_STORE: secret(z.string(), passwordOfUrl).optional(),
    APP_OPEN: z.string(),
  })
  expect(
    secretsOf(parted, {
      APP_RING: 'k2:bmV3, k1:b2xk',
      APP_STORE: 'rediss://:c%40nary@h/0',
      APP_OPEN: 'postgres://u:shown@h',
    }),
  ).toEqual(['k2:bmV3, k1:b2xk', 'bmV3', 'b2xk', 'rediss://:c%40nary@h/0', 'c%40nary', 'c@nary'])
  expect(secretsOf(parted, { APP_STORE: 'redis://h/0' })).toEqual(['redis://h/0'])
})

test.each([
  ['postgres://u:canary@h:5432/d', 'canary'],
  ['postgres://u:canary@/d?host=/run/postgresql', 'canary'],
  ['postgres://h/d?sslmode=require&password=canary', 'canary'],
  ['postgres://u:ca%zznary@h/d', 'ca%zznary'],
])('the password in %s is found', (url, password) => {
  expect(passwordOfUrl(url)).toContain(password)
})

test.each([
  'https://user@h',
  'https://h/?a=1',
  'https://h#f',
  'h.example',
  'https://',
  'javascript:alert(1)',
])('%s is not taken as a base URL', text => expect(httpUrl().safeParse(text).success).toBe(false))

test('a duration is above zero and finite', () => {
  const accepted = ['0', '-1', 'NaN', 'Infinity', 'soon', '1.5'].filter(
    text => durationSeconds().safeParse(text).success,
  )
  expect(accepted).toEqual(['1.5'])
})

test('a key ring has the first key as the current one and keeps the former', () => {
  const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const ring = keyRing().parse(`k2:${b.toString('base64')}, k1:${a.toString('base64url')}`)
  expect(ring.current).toEqual({ id: 'k2', key: b })
  expect(ring.byId.get('k1')).toEqual(a)
})

test.each([
  '',
  'k1',
  `k1:${Buffer.alloc(31).toString('base64')}`,
  'k1:!!!',
  `k:${'A'.repeat(43)},k:${'B'.repeat(43)}`,
])('the key ring %j is refused without showing it', text => {
  const result = keyRing().safeParse(text)
  expect(result.success).toBe(false)
  if (text.length > 10) expect(result.error?.message).not.toContain(text)
})
