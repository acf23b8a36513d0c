import { expect, test } from '@jest/globals'
import { isDefaultMasterPassword, verifyMasterPassword } from './master-password.ts'

/** Made by passlib 1.7.4. */
const ADMIN =
  '$pbkdf2-sha512$25000$TqmVEmLM.f8/p7R2bu1dKw$iRBskRtay80sLk/0YRnymQI4D.4NS/wTf9gda5qmQVaP1zOqnDaoo4e..wvj958NGn9dJ2VwQpZVgOPrNh72iw'
const ADMIN_OTHER_SALT =
  '$pbkdf2-sha512$25000$MDEyMzQ1Njc4OWFiY2RlZg$9aXsjEmDMkTAcwh7MM8iQeMku7GeR3z5Oszj1CzutqFqehAijvEOmxzzeTKfZLWzNhqTUOo07Ps2nBHbh69Nxw'
const S3CRET =
  '$pbkdf2-sha512$600000$/////////////////////w$9unUPdkC9Pj0Spo/oaN3ajxNJ4WXg9K0uXzVCEcGcPWPXScBJN3g1stnheJujEmoHnva3VDKZBsddgfvYmJ97Q'

test('a password is verified against the hashes that Odoo stores', async () => {
  expect(await verifyMasterPassword(ADMIN, 'admin')).toBe(true)
  expect(await verifyMasterPassword(ADMIN_OTHER_SALT, 'admin')).toBe(true)
  expect(await verifyMasterPassword(S3CRET, 's3cret')).toBe(true)
  expect(await verifyMasterPassword(S3CRET, 's3cre')).toBe(false)
  expect(await verifyMasterPassword(ADMIN, 'Admin')).toBe(false)
})

test('a plain password is compared as it stands, accents and dollar signs included', async () => {
  expect(await verifyMasterPassword('$ pärole', '$ pärole')).toBe(true)
  expect(await verifyMasterPassword('$ pärole', '$ parole')).toBe(false)
})

test('nothing stored lets nobody in', async () => {
  expect(await verifyMasterPassword('', '')).toBe(false)
  expect(await verifyMasterPassword(undefined, '')).toBe(false)
})

test('a damaged hash lets nobody in, not even who knows its text', async () => {
  for (const broken of [
    ADMIN.slice(0, -3),
    ADMIN.replace('25000', '0'),
    ADMIN.replace('25000', '99999999999'),
  ])
    expect(await verifyMasterPassword(broken, broken)).toBe(false)
})

test('the default password is recognised in both forms', async () => {
  expect(await isDefaultMasterPassword('admin')).toBe(true)
  expect(await isDefaultMasterPassword(ADMIN)).toBe(true)
  expect(await isDefaultMasterPassword(S3CRET)).toBe(false)
})
