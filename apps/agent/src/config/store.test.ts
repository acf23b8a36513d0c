import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type IniDocument, valueIn, withValue } from './ini-document.ts'
import { ConfigurationStore } from './store.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-config-'))
  path = join(folder, 'agent.conf')
})
afterEach(() => rm(folder, { recursive: true }))

const noOdooConf = async () => ({ path: undefined, options: new Map<string, string>() })
const open = (environment: Record<string, string> = {}, options = new Map<string, string>()) =>
  ConfigurationStore.open({
    path,
    environment,
    readOdooConf: options.size === 0 ? noOdooConf : async () => ({ path: undefined, options }),
  })

test('a new file gets a user key and an instance id of its own, and mode 0600', async () => {
  const store = await open()
  expect(store.current.userKey).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await open()).current.userKey).toBe(store.current.userKey)
  expect((await open()).current.instanceId).toBe(store.current.instanceId)
  expect(await readdir(folder)).toEqual(['agent.conf'])
})

test('a file that others may read is closed to them when it is opened', async () => {
  await writeFile(path, '[options]\n')
  await chmod(path, 0o644)
  await open()
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('every fault is named at once', async () => {
  await writeFile(
    path,
    '[options]\nodoo_backup_sh_nice = 99\nodoo_backup_sh_typo = 1\nnonsense\n[database:a]\nodoo_backup_sh_schedule_x = every day before yesterday\n',
  )
  await expect(open()).rejects.toMatchObject({
    code: 'configuration_invalid',
    message: expect.stringMatching(
      /Line 4[\s\S]*odoo_backup_sh_typo[\s\S]*odoo_backup_sh_nice[\s\S]*schedule_x/,
    ),
  })
})

test('a password in a file of its own is followed without a restart', async () => {
  const secret = join(folder, 'password')
  await writeFile(secret, 'first\n')
  await writeFile(
    path,
    `[database:a]\nodoo_backup_sh_encrypt_backups = True\nodoo_backup_sh_encryption_password_kept = True\nodoo_backup_sh_encryption_password_file = ${secret}\n`,
  )
  const store = await open()
  const password = () => store.current.databases.get('a')?.encryptionPassword
  expect(password()).toBe('first')
  await writeFile(secret, 'the second one\n')
  await store.refresh()
  expect(password()).toBe('the second one')
  await rm(secret)
  await store.refresh()
  expect(store.faults[0]).toContain(secret)
  expect(password()).toBe('the second one')
  await writeFile(secret, 'the third one, at last\n')
  await store.refresh()
  expect(store.faults).toEqual([])
  expect(password()).toBe('the third one, at last')
})

test('names of the former module are read from both files, and replaced in ours at the next write alone', async () => {
  const text = '# old\n[options]\namazon_bucket_name = mine\ndb_host = db\n'
  await writeFile(path, text)
  const key = '0123456789abcdef0123456789ABCDEF'.slice(0, 30)
  const store = await open(
    { ODOO_BACKUP_SH_INSTANCE_ID: 'instance-1' },
    new Map([
      ['odoo_backup_user_key', key],
      ['amazon_bucket_name', 'theirs'],
      ['amazon_access_key_id', 'AKIA'],
      ['amazon_secret_access_key', 'secret'],
    ]),
  )
  expect(await readFile(path, 'utf8')).toBe(text)
  expect(store.current.userKey).toBe(key)
  expect(store.current.settings).toMatchObject({ s3_bucket_name: 'mine', aws_access_key_id: 'AKIA' })
  expect(store.current.odooOverrides.get('db_host')).toBe('db')
  await store.change(document => withValue(document, 'options', 'odoo_backup_sh_nice', '5'))
  expect(await readFile(path, 'utf8')).toBe(
    '# old\n[options]\ndb_host = db\nodoo_backup_sh_s3_bucket_name = mine\nodoo_backup_sh_nice = 5\n',
  )
})

const FORMER_NAMES = [
  ['odoo_backup_user_key', 'user_key', '0123456789abcdef0123456789ABCD'],
  ['amazon_bucket_name', 's3_bucket_name', 'mine'],
  ['amazon_access_key_id', 'aws_access_key_id', 'AKIA'],
  ['amazon_access_key', 'aws_access_key_id', 'AKIA'],
  ['amazon_secret_access_key', 'aws_secret_access_key', 'secret'],
  ['odoo_oauth_uid', 'odoo_oauth_uid', '42'],
  ['oauth_uid', 'odoo_oauth_uid', '42'],
  ['odoo_backup_encryption_password', 'encryption_password', 'sealed'],
] as const

describe.each(FORMER_NAMES)('the former module’s %s', (old, name, value) => {
  // A bucket of one's own takes all three to be no fault.
  const rest = [
    ['s3_bucket_name', 'bucket'],
    ['aws_access_key_id', 'id'],
    ['aws_secret_access_key', 'key'],
  ].flatMap(([other, stands]) => (other === name ? [] : [`odoo_backup_sh_${other} = ${stands}\n`]))
  const known = `[options]\n${rest.join('')}odoo_backup_sh_instance_id = instance-1\n`

  test('is read from odoo.conf, which ours overrides', async () => {
    await writeFile(path, known)
    expect((await open({}, new Map([[old, value]]))).current.settings).toHaveProperty(name, value)
    const ours = new Map([
      [old, 'former'],
      [`odoo_backup_sh_${name}`, value],
    ])
    expect((await open({}, ours)).current.settings).toHaveProperty(name, value)
  })

  test('is read from the agent’s file, where the next write replaces it and nothing else', async () => {
    await writeFile(path, `# mine\n${known}${old} = ${value}\n`)
    const store = await open()
    expect(store.current.settings).toHaveProperty(name, value)
    await store.change(document => withValue(document, 'options', 'odoo_backup_sh_nice', '5'))
    const written = await readFile(path, 'utf8')
    expect(written).not.toMatch(new RegExp(`^${old} `, 'm'))
    expect(written).toMatch(new RegExp(`^odoo_backup_sh_${name} = ${value}$`, 'm'))
    expect(written).toContain(`# mine\n${known}`)
    expect((await open()).current.settings).toHaveProperty(name, value)
  })
})

test('a change by hand counts at the next refresh, and a fault in it leaves the last good state in force', async () => {
  const store = await open()
  const text = await readFile(path, 'utf8')
  await writeFile(path, `${text}odoo_backup_sh_nice = 7\n`)
  expect((await store.refresh()).settings.nice).toBe(7)
  await writeFile(path, `${text}odoo_backup_sh_nice = lots of it\n`)
  expect((await store.refresh()).settings.nice).toBe(7)
  expect(store.faults).toEqual(['odoo_backup_sh_nice: Write a whole number from 0 to 19.'])
})

test('a file that an editor has emptied and not yet filled is neither obeyed nor written back', async () => {
  let rest: string | undefined
  const store = await ConfigurationStore.open({
    path,
    environment: {},
    readOdooConf: noOdooConf,
    pause: async () => {
      if (rest !== undefined) await writeFile(path, rest)
      rest = undefined
    },
  })
  const { userKey } = store.current
  const text = await readFile(path, 'utf8')
  await writeFile(path, '')
  rest = `${text}odoo_backup_sh_nice = 7\n`
  expect((await store.refresh()).settings.nice).toBe(7)
  expect(store.current.userKey).toBe(userKey)

  await writeFile(path, '[options]\n')
  rest = `${text}odoo_backup_sh_nice = 8\n`
  await store.change(document => withValue(document, 'notes', 'mine', 'kept'))
  const after = (await open()).current
  expect([after.userKey, after.settings.nice]).toEqual([userKey, 8])
  expect(valueIn(after.document, 'notes', 'mine')).toBe('kept')
})

test('many writers at once lose no change', async () => {
  const stores = await Promise.all(Array.from({ length: 4 }, () => open()))
  expect(new Set(stores.map(store => store.current.userKey)).size).toBe(1)
  await Promise.all(
    stores.flatMap((store, writer) =>
      Array.from({ length: 10 }, (_, turn) =>
        store.change(document => withValue(document, 'notes', `key_${writer}_${turn}`, 'kept')),
      ),
    ),
  )
  const last = await open()
  for (let writer = 0; writer < 4; writer++) {
    for (let turn = 0; turn < 10; turn++) {
      expect(valueIn(last.current.document, 'notes', `key_${writer}_${turn}`)).toBe('kept')
    }
  }
})

test('a change with a fault is refused and the file stays as it was', async () => {
  const store = await open()
  const before = await readFile(path, 'utf8')
  await expect(
    store.change(document => withValue(document, 'options', 'odoo_backup_sh_nice', 'x')),
  ).rejects.toMatchObject({ code: 'invalid_request' })
  expect(await readFile(path, 'utf8')).toBe(before)
})

test('a link to the file stays a link', async () => {
  const target = join(folder, 'real.conf')
  await writeFile(target, '[options]\n')
  await symlink(target, path)
  const store = await open()
  expect(await readFile(target, 'utf8')).toContain(store.current.userKey)
})

test('the file keeps its owner when it is written anew, by root too', async () => {
  await writeFile(path, '[options]\n')
  const { uid, gid } = await stat(path)
  const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : { uid, gid }
  await chown(path, owner.uid, owner.gid)
  const store = await open()
  expect(await readFile(path, 'utf8')).toContain(store.current.userKey)
  expect(await stat(path)).toMatchObject(owner)
})

test('a secret may come from a file or from the environment, but not from both in one place', async () => {
  const secret = join(folder, 'secret')
  await writeFile(secret, 'kept apart\n')
  await writeFile(path, `[database:a]\nodoo_backup_sh_encryption_password_file = ${secret}\n[database:b]\n`)
  const store = await open({ ODOO_BACKUP_SH_ENCRYPTION_PASSWORD: 'for all' })
  expect(store.current.databases.get('a')?.encryptionPassword).toBe('kept apart')
  expect(store.current.databases.get('b')?.encryptionPassword).toBe('for all')
  await expect(
    open({ ODOO_BACKUP_SH_SMTP_PASSWORD: 'x', ODOO_BACKUP_SH_SMTP_PASSWORD_FILE: secret }),
  ).rejects.toMatchObject({ message: expect.stringContaining('keep one of them') })
})

test('encryption is not switched on before somebody said that the password is kept elsewhere too', async () => {
  await writeFile(
    path,
    '[database:a]\nodoo_backup_sh_encrypt_backups = True\nodoo_backup_sh_encryption_password = x\n',
  )
  const store = await open()
  expect(store.current.databases.has('a')).toBe(false)
  expect(store.faults).toEqual([expect.stringContaining('lost for ever')])
})

test('a fault in the section of one database is that database’s alone, and hinders no change elsewhere', async () => {
  await writeFile(
    path,
    '[database:a]\nodoo_backup_sh_typo = 1\nodoo_backup_sh_format = zip\nodoo_backup_sh_format = dump\n[database:b]\nodoo_backup_sh_format = dump\n',
  )
  const store = await open()
  expect([...store.current.databases.keys()]).toEqual(['b'])
  expect([...store.current.faultyDatabases.keys()]).toEqual(['a'])
  expect(store.consequences).toEqual([
    {
      database: 'a',
      effect: 'database_left_out',
      message: expect.stringMatching(/a in .* not backed up[\s\S]*twice[\s\S]*odoo_backup_sh_typo/),
    },
  ])
  await store.change(document => withValue(document, 'options', 'odoo_backup_sh_nice', '5'))
  expect(store.current.settings.nice).toBe(5)
  const spoiling = store.change(document => withValue(document, 'database:b', 'odoo_backup_sh_format', 'x'))
  await expect(spoiling).rejects.toMatchObject({ message: expect.stringMatching(/format(?![\s\S]*typo)/) })
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace(/odoo_backup_sh_(typo = 1|format = zip)\n/g, ''))
  await store.refresh()
  expect(store.current.databases.get('a')?.format).toBe('dump')
  expect(store.consequences).toEqual([])
})

test('a database whose section becomes faulty goes on as it was, while the others follow the file', async () => {
  await writeFile(path, '[database:a]\nodoo_backup_sh_format = dump\n')
  const store = await open()
  const text = await readFile(path, 'utf8')
  await writeFile(path, `${text.replace('dump', 'tar')}[database:b]\nodoo_backup_sh_format = dump\n`)
  await store.refresh()
  await store.change(document => withValue(document, 'options', 'odoo_backup_sh_nice', '5'))
  expect(store.current.databases.get('a')?.format).toBe('dump')
  expect(store.current.databases.get('b')?.format).toBe('dump')
  expect(store.consequences).toEqual([
    {
      database: 'a',
      effect: 'database_former_stays',
      message: expect.stringContaining('stay in force until the service ends'),
    },
  ])
})

describe('a file that vanishes while the agent runs is no empty file', () => {
  const OWN =
    'odoo_backup_sh_s3_bucket_name = mine\nodoo_backup_sh_aws_access_key_id = key\nodoo_backup_sh_aws_secret_access_key = secret\n'

  test('what it said is shown and no ground for work, nothing is written in its place, and it counts again when it is back', async () => {
    const store = await open()
    const text = `${await readFile(path, 'utf8')}${OWN}`
    await writeFile(path, text)
    const { userKey, instanceId } = await store.refresh()
    const aside = join(folder, 'aside')
    await rename(path, aside)
    for (let turn = 0; turn < 2; turn++) {
      expect(await store.refresh()).toMatchObject({ userKey, settings: { s3_bucket_name: 'mine' } })
      await expect(store.refreshForWork()).rejects.toMatchObject({
        code: 'configuration_missing',
        retryable: true,
        message: expect.stringMatching(/agent\.conf is gone.*Put it back/),
      })
    }
    expect(store.consequences).toEqual([
      { effect: 'nothing_done', message: expect.stringMatching(/is gone.*nothing is backed up/) },
    ])
    const edit = (document: IniDocument) => withValue(document, 'options', 'odoo_backup_sh_nice', '5')
    for (const attempt of [store.change(edit), store.preview(edit), store.renewUserKey()])
      await expect(attempt).rejects.toMatchObject({ code: 'configuration_missing' })
    expect(await readdir(folder)).toEqual(['aside'])

    await rename(aside, path)
    expect(await store.refreshForWork()).toMatchObject({ userKey, instanceId })
    expect(store.consequences).toEqual([])
    expect((await store.change(edit)).settings).toMatchObject({ s3_bucket_name: 'mine', nice: 5 })
  })

  test('a file that comes back with other settings is obeyed', async () => {
    const store = await open()
    const text = await readFile(path, 'utf8')
    await rm(path)
    await store.refresh()
    await writeFile(path, text + OWN)
    expect((await store.refreshForWork()).settings.s3_bucket_name).toBe('mine')
  })

  test('one that was emptied, as by an editor on a full disk, has lost who the agent is', async () => {
    const store = await open()
    const text = `${await readFile(path, 'utf8')}${OWN}`
    await writeFile(path, text)
    const { userKey } = await store.refresh()
    for (const rest of ['', '[options]\n']) {
      await writeFile(path, rest)
      expect(await store.refresh()).toMatchObject({ userKey, settings: { s3_bucket_name: 'mine' } })
      await expect(store.refreshForWork()).rejects.toMatchObject({ code: 'configuration_missing' })
      await expect(
        store.change(document => withValue(document, 'options', 'odoo_backup_sh_nice', '5')),
      ).rejects.toMatchObject({ code: 'configuration_missing' })
      expect(await readFile(path, 'utf8')).toBe(rest)
    }
    await writeFile(path, text)
    expect((await store.refreshForWork()).userKey).toBe(userKey)
  })

  test('another process makes none beside the folder of one, unless the environment says who the agent is', async () => {
    await open()
    await mkdir(`${path}.d`)
    await rm(path)
    await expect(open()).rejects.toMatchObject({ code: 'configuration_missing' })
    expect(await readdir(folder)).toEqual(['agent.conf.d'])
    const environment = {
      ODOO_BACKUP_SH_USER_KEY: '0123456789'.repeat(4),
      ODOO_BACKUP_SH_INSTANCE_ID: 'instance-1',
    }
    const store = await open(environment)
    expect((await store.refreshForWork()).instanceId).toBe('instance-1')
    await writeFile(path, '')
    expect((await open()).current.userKey).toMatch(/^[\w-]{43}$/)
  })

  test('one that cannot be read is no ground for work either', async () => {
    const store = await open()
    const { userKey } = store.current
    await rm(path)
    await mkdir(path)
    expect((await store.refresh()).userKey).toBe(userKey)
    await expect(store.refreshForWork()).rejects.toMatchObject({ code: 'configuration_unwritable' })
    expect(store.consequences).toEqual([
      { effect: 'nothing_done', message: expect.stringContaining('cannot be read (EISDIR)') },
    ])
  })
})
