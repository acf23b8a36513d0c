import { z } from 'zod'

/**
 * Any database name that PostgreSQL may hold and a path may carry: 1 to 63 bytes of UTF-8, no NUL, no slash,
 * not `.` or `..`. Wide on purpose: a database that exists must be possible to back up, whatever its name.
 */
export const DatabaseName = z
  .string()
  .min(1)
  .refine(name => new TextEncoder().encode(name).length <= 63, 'A database name is at most 63 bytes long.')
  .refine(name => !/[\0/\\]/.test(name) && name !== '.' && name !== '..', 'Not the name of a database.')
  .brand('DatabaseName')
export type DatabaseName = z.infer<typeof DatabaseName>

/** A name under which a database may be made: Odoo's own rule (DBNAME_PATTERN), at most 63 bytes. */
export const NewDatabaseName = z
  .string()
  .max(63, 'A database name is at most 63 characters long.')
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/,
    'A database name has two or more letters, digits, underscores, dots or hyphens, and begins with a letter or digit.',
  )
  .pipe(DatabaseName)
export type NewDatabaseName = z.infer<typeof NewDatabaseName>

/**
 * The secret by which the broker knows an instance: 30 to 128 characters of `[A-Za-z0-9_-]`, at least 10
 * different ones. That admits the keys of the former Odoo module (30 hexadecimal digits).
 */
export const UserKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{30,128}$/, 'Not a user key.')
  .refine(key => new Set(key).size >= 10, 'Not a user key.')
  .brand('UserKey')
export type UserKey = z.infer<typeof UserKey>

/** What a credential is for; each purpose gets the least rights that its job needs. */
export const Purpose = z.enum(['backup', 'restore', 'rotate'])
export type Purpose = z.infer<typeof Purpose>

/** The account's folder in the bucket: odoo.com's numeric uid, or `u-` and an id of the broker's. */
export const AccountFolder = z
  .string()
  .regex(/^(?:[0-9]{1,20}|u-[a-z0-9]{8,40})$/, 'Not the folder of an account.')
  .brand('AccountFolder')
export type AccountFolder = z.infer<typeof AccountFolder>
