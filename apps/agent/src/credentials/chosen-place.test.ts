import { expect, test } from '@jest/globals'
import { VendedCredentials } from '@odoo-backup/protocol'
import { readConfiguration } from '../config/configuration.ts'
import { type IniDocument, parseIni } from '../config/ini-document.ts'
import { isPlaceChosen } from './chosen-place.ts'
import { withCachedCredential, withoutCachedCredentials } from './credential-cache.ts'

function isChosen(document: IniDocument): boolean {
  const { configuration } = readConfiguration({ document, odooOptions: new Map(), environment: {} })
  if (configuration === undefined) throw new Error('no configuration')
  return isPlaceChosen({ ...configuration, document })
}
const chosenBy = (text: string) => isChosen(parseIni(text.replace(/^(?=[a-z])/gm, 'odoo_backup_sh_')))

test('who only says where Odoo is has not chosen where backups go', () => {
  expect(chosenBy('')).toBe(false)
  expect(chosenBy('[options]\nuser_key = 0123456789abcdef0123456789abcdef\n[database:shop]\n')).toBe(false)
})

test('a folder, a bucket, a broker by its address or for one database is a choice', () => {
  expect(chosenBy('[options]\ndirectory = /backups\n')).toBe(true)
  expect(chosenBy('[options]\nbroker_url = https://broker.example\n')).toBe(true)
  expect(chosenBy('[database:shop]\ndestination = broker\n')).toBe(true)
  expect(chosenBy('[database:shop]\ndestination = directory\ndirectory = /backups\n')).toBe(true)
  expect(chosenBy('[options]\ns3_bucket_name = b\naws_access_key_id = k\naws_secret_access_key = s\n')).toBe(
    true,
  )
})

test('so is a log-in, until its credentials are given up, however long ago they expired', () => {
  const credential = VendedCredentials.parse({
    ...{ purpose: 'backup', bucket: 'odoo-backups', folder: '42', region: 'eu-central-1', pathStyle: false },
    ...{ accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'session' },
    expiresAt: '2020-01-01T00:00:00Z',
  })
  const loggedIn = withCachedCredential(parseIni(''), credential)
  expect(isChosen(loggedIn)).toBe(true)
  expect(isChosen(withoutCachedCredentials(loggedIn))).toBe(false)
})
