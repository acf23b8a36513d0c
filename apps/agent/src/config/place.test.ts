import { expect, test } from '@jest/globals'
import { readConfiguration } from './configuration.ts'
import { parseIni } from './ini-document.ts'
import { placeOfAgent, placesInUse, placeWithFolder } from './place.ts'
import { SettingsFields } from './settings.ts'

function read(text: string) {
  return readConfiguration({
    document: parseIni(text.replace(/^(?=[a-z])/gm, 'odoo_backup_sh_')),
    odooOptions: new Map(),
    environment: {},
  })
}

const OWN = `destination = own
s3_bucket_name = mine
aws_access_key_id = AKIA
aws_secret_access_key = secret
private_s3_dir = odoo
`

test('a database’s own place comes first for it, and each place in use is named once', () => {
  const { configuration, faults } = read(
    `[options]\n[database:one]\n${OWN}[database:two]\n${OWN}[database:three]\ndestination = directory\ndirectory = /backups\n[database:four]\ndestination = broker\n`,
  )
  expect(faults).toEqual([])
  if (configuration === undefined) throw new Error('no configuration')
  const own = { kind: 'own', bucket: expect.objectContaining({ bucket: 'mine', folder: 'odoo' }) }
  const directory = { kind: 'directory', path: '/backups' }
  expect(placesInUse(configuration)).toEqual([{ kind: 'broker' }, own, directory])
  expect(placesInUse(configuration, 'two')).toEqual([own, { kind: 'broker' }, directory])
  expect(placesInUse(configuration, 'three')).toEqual([directory, { kind: 'broker' }, own])
  expect(placesInUse(configuration, 'four')[0]).toEqual({ kind: 'broker' })
  expect(placesInUse(configuration, 'without a section')[0]).toEqual({ kind: 'broker' })
})

test('a place that is named by half is a fault that says what is missing', () => {
  const faultsOf = (section: string) => read(`[database:one]\n${section}`).faults.join(' ')
  expect(faultsOf('destination = own\ns3_bucket_name = mine\n')).toContain('aws_secret_access_key')
  expect(faultsOf('destination = directory\n')).toContain('odoo_backup_sh_directory')
  expect(faultsOf('s3_bucket_name = mine\n')).toContain('odoo_backup_sh_destination = own')
  expect(faultsOf('destination = attic\n')).toContain('broker, own or directory')
})

test('a bucket of one’s own is addressed by its host name at Amazon, and by path elsewhere, unless the settings say', () => {
  const bucket = { s3_bucket_name: 'b', aws_access_key_id: 'k', aws_secret_access_key: 's' }
  const placeOf = (more: object) => placeOfAgent(SettingsFields.parse({ ...bucket, ...more }))
  const atAmazon = { region: 'us-east-1', pathStyle: false, folder: '.' }
  expect(placeOf({})).toMatchObject({ kind: 'own', bucket: { bucket: 'b', ...atAmazon } })
  const aws_endpoint = 'https://s3.example'
  expect(placeOf({ aws_endpoint })).toMatchObject({ bucket: { endpoint: aws_endpoint, pathStyle: true } })
  expect(placeOf({ aws_endpoint, aws_path_style: 'False' })).toMatchObject({ bucket: { pathStyle: false } })
  expect(
    placeOf({ aws_path_style: 'True', aws_region: 'eu-central-1', private_s3_dir: 'a/b' }),
  ).toMatchObject({
    bucket: { region: 'eu-central-1', pathStyle: true, folder: 'a/b' },
  })
})

test.each([
  [{ s3_bucket_name: 'mine', private_s3_dir: 'shop' }, 'the bucket mine, folder shop'],
  [{ s3_bucket_name: 'mine' }, 'the bucket mine'],
  [{ directory: '/mnt/nas' }, 'the folder /mnt/nas'],
  [{}, undefined],
])('a place is named whole, and the broker’s by nobody but the broker: %j', (given, words) => {
  const keys = { aws_access_key_id: 'AKIA', aws_secret_access_key: 'never shown' }
  expect(placeWithFolder(placeOfAgent(SettingsFields.parse({ ...keys, ...given })))).toBe(words)
})
