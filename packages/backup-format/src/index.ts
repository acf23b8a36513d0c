export { decrypt } from './encryption/decrypt.ts'
export { encrypt } from './encryption/encrypt.ts'
export { type EncryptionOptions, passwordFault } from './encryption/gpg.ts'
export * from './errors.ts'
export * from './info/info.ts'
export * from './names/names.ts'
export * from './names/pairs.ts'
export { formatTimestamp, parseTimestamp } from './names/timestamp.ts'
export { fileSource } from './sources/file.ts'
export { objectSource } from './sources/object.ts'
export type { RandomAccess } from './sources/random-access.ts'
export { type OdooZip, openOdooZip, type ZipReadingOptions } from './zip/reading/open-odoo-zip.ts'
export {
  DEFAULT_LEVEL,
  writeOdooZip,
  type ZipWritingOptions,
  type ZipWritingProgress,
} from './zip/writing/write-odoo-zip.ts'
