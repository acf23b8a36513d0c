import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decrypt } from './decrypt.ts'
import { decryptStart, START_BYTES } from './decrypt-start.ts'
import { encrypt } from './encrypt.ts'

const run = promisify(execFile)
const PASSWORD = 'Passwort mit Ümläuten, $HOME `x` "quotes" 🔑'
let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gpg-test-'))
})
afterAll(() => rm(home, { recursive: true }))

const collect = async (stream: Readable) => Buffer.concat(await stream.toArray())
const encrypted = (plain: Buffer, password = PASSWORD) =>
  collect(encrypt(Readable.from([plain]), { password }))
const decrypted = (cipher: Buffer, password = PASSWORD) =>
  collect(decrypt(Readable.from([cipher]), { password }))

/** gpg as a person would call it. */
async function gpg(args: string[], password = PASSWORD): Promise<Buffer> {
  await writeFile(join(home, 'password'), password)
  const common = ['--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--no-autostart']
  const { stdout } = await run('gpg', [...common, '--passphrase-file', join(home, 'password'), ...args], {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}

test('What is encrypted is decrypted again, and by gpg itself.', async () => {
  const plain = randomBytes(5_000_000)
  const cipher = await encrypted(plain)
  expect((await decrypted(cipher)).equals(plain)).toBe(true)
  await writeFile(join(home, 'x.enc'), cipher)
  expect((await gpg(['--decrypt', join(home, 'x.enc')])).equals(plain)).toBe(true)
})

test('The key is derived with SHA-512 and the most rounds, for AES-256 with integrity protection.', async () => {
  await writeFile(join(home, 'packets.enc'), await encrypted(Buffer.from('x')))
  const packets = (await gpg(['--list-packets', join(home, 'packets.enc')])).toString()
  expect(packets).toMatch(/cipher 9,.*s2k 3, hash 10/)
  expect(packets).toMatch(/count 65011712/)
  expect(packets).toMatch(/mdc_method: 2/)
  expect(packets).not.toMatch(/compressed packet/)
})

test('Armored archives of the former module are decrypted.', async () => {
  const plain = Buffer.from('PK old backup '.repeat(100_000))
  await writeFile(join(home, 'old'), plain)
  const armored = await gpg([
    ...[
      '--armor',
      '--always-trust',
      '--cipher-algo',
      'AES256',
      '--compress-algo',
      'ZLIB',
      '--s2k-count',
      '65011712',
    ],
    ...['--symmetric', '--output', '-', join(home, 'old')],
  ])
  expect(armored.toString().startsWith('-----BEGIN PGP MESSAGE-----')).toBe(true)
  expect((await decrypted(armored)).equals(plain)).toBe(true)
})

test('A wrong, an empty and an impossible password are told from damage.', async () => {
  const cipher = await encrypted(randomBytes(100_000))
  await expect(decrypted(cipher, 'another')).rejects.toMatchObject({ code: 'wrong_password' })
  await expect(async () => decrypted(cipher, '')).rejects.toMatchObject({ code: 'wrong_password' })
  await expect(async () => decrypted(cipher, 'x'.repeat(10_000_000))).rejects.toMatchObject({
    code: 'wrong_password',
  })
})

test.each(['', 'two\nlines', 'nul\0', 'x'.repeat(256)])(
  'Nothing is encrypted with the password %j.',
  async password => {
    await expect(async () => encrypted(Buffer.from('x'), password)).rejects.toMatchObject({
      code: 'encryption_failed',
    })
  },
)

test('A password of 255 bytes counts to its last byte.', async () => {
  const cipher = await encrypted(Buffer.from('content'), 'x'.repeat(255))
  await expect(decrypted(cipher, 'x'.repeat(254))).rejects.toMatchObject({ code: 'wrong_password' })
  expect((await decrypted(cipher, 'x'.repeat(255))).toString()).toBe('content')
})

test('A message that is cut off, changed or extended never passes as a shorter or another one.', async () => {
  const cipher = await encrypted(randomBytes(300_000))
  const flipped = Buffer.from(cipher)
  flipped[200_000] = (flipped[200_000] ?? 0) ^ 1
  const swapped = Buffer.concat([
    cipher.subarray(0, 100_000),
    cipher.subarray(150_000, 200_000),
    cipher.subarray(100_000, 150_000),
    cipher.subarray(200_000),
  ])
  for (const damaged of [
    cipher.subarray(0, 200_000),
    cipher.subarray(0, -1),
    cipher.subarray(0, 5),
    flipped,
    swapped,
  ]) {
    await expect(decrypted(damaged)).rejects.toMatchObject({ code: 'decryption_failed' })
  }
  await expect(decrypted(Buffer.concat([cipher, cipher]))).rejects.toMatchObject({
    name: 'BackupFormatError',
  })
})

test('A message that was never encrypted is not accepted, although gpg ends well with it.', async () => {
  await writeFile(join(home, 'literal'), 'DROP DATABASE')
  const literal = await gpg(['--store', '--output', '-', join(home, 'literal')])
  await expect(decrypted(literal)).rejects.toMatchObject({ code: 'decryption_failed' })
  await expect(decrypted(randomBytes(50_000))).rejects.toMatchObject({ code: 'decryption_failed' })
  await expect(decrypted(Buffer.alloc(0))).rejects.toMatchObject({ code: 'decryption_failed' })
})

test('A source that fails, and an abortion, reach the reader and leave no process and no folder behind.', async () => {
  const temporaryFolder = await mkdtemp(join(home, 'temporary-'))
  const failure = new Error('pg_dump failed')
  const source = Readable.from(
    (async function* () {
      yield randomBytes(200_000)
      throw failure
    })(),
  )
  await expect(collect(encrypt(source, { password: PASSWORD, temporaryFolder }))).rejects.toBe(failure)

  const aborting = new AbortController()
  const endless = Readable.from(
    (async function* () {
      for (;;) yield randomBytes(100_000)
    })(),
  )
  const reason = new Error('cancelled')
  const reading = (async () => {
    let received = 0
    for await (const chunk of encrypt(endless, {
      password: PASSWORD,
      temporaryFolder,
      signal: aborting.signal,
    })) {
      received += chunk.length
      if (received > 1_000_000) aborting.abort(reason)
    }
  })()
  await expect(reading).rejects.toBe(reason)
  expect(endless.destroyed).toBe(true)
  expect(await readdir(temporaryFolder)).toEqual([])
})

test('A machine without gpg is told so.', async () => {
  const stream = encrypt(Readable.from(['x']), { password: PASSWORD, gpg: join(home, 'no-such-program') })
  await expect(collect(stream)).rejects.toMatchObject({ code: 'gpg_missing' })
})

test('The first bytes of a large backup tell a right password from a wrong one, armored or not.', async () => {
  const plain = Buffer.concat([Buffer.from('PK\x03\x04'), randomBytes(300_000)])
  await writeFile(join(home, 'start'), plain)
  const armored = await gpg([
    ...['--armor', '--cipher-algo', 'AES256', '--s2k-count', '65011712'],
    ...['--symmetric', '--output', '-', join(home, 'start')],
  ])
  for (const cipher of [await encrypted(plain), armored]) {
    const cut = () => Readable.from([cipher.subarray(0, START_BYTES)])
    const start = await decryptStart(cut(), { password: PASSWORD })
    expect(start.equals(plain.subarray(0, start.length))).toBe(true)
    expect(start.length).toBeGreaterThan(32)
    await expect(decryptStart(cut(), { password: 'wrong' })).rejects.toMatchObject({ code: 'wrong_password' })
    await expect(decryptStart(cut(), { password: '' })).rejects.toMatchObject({ code: 'wrong_password' })
  }
  const neverEncrypted = await gpg(['--store', '--output', '-', join(home, 'start')])
  for (const other of [randomBytes(1000), neverEncrypted]) {
    await expect(
      decryptStart(Readable.from([other.subarray(0, START_BYTES)]), { password: PASSWORD }),
    ).rejects.toMatchObject({ code: 'decryption_failed' })
  }
})
