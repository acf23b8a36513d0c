import { expect, test } from '@jest/globals'
import { BackupFormatError } from '@odoo-backup/backup-format'
import { OdooError } from '@odoo-backup/odoo'
import { StorageError } from '@odoo-backup/storage'
import { AgentError } from '../errors.ts'
import { asAgentError, readFailure, writeFailure } from './failure.ts'

test('errors of every layer keep their message and whether time may mend them', () => {
  expect(asAgentError(new StorageError('store_busy', 'Busy.', { retryable: true }))).toMatchObject({
    code: 'storage_busy',
    message: 'Busy.',
    retryable: true,
    status: 503,
  })
  expect(asAgentError(new OdooError('filestore_missing', 'No folder.'))).toMatchObject({
    code: 'filestore_missing',
    retryable: false,
  })
  expect(asAgentError(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toMatchObject({ code: 'disk_full' })
})

test('a wrong password of encryption comes with what to do about it', () => {
  expect(asAgentError(new BackupFormatError('wrong_password', 'It is wrong.'))).toMatchObject({
    code: 'encryption_password_wrong',
    message: 'It is wrong. Give the password that was set when this backup was made.',
  })
})

test('what nobody foresaw is told without its own words, which may hold anything', () => {
  const { code, message } = asAgentError(new Error('password=hunter2'))
  expect(code).toBe('internal')
  expect(message).not.toContain('hunter2')
})

test('a failure reads back from the queue as it was written', () => {
  const error = new AgentError('disk_full', 'The disk is full: free some.\nThen try again.')
  const at = new Date('2026-01-31T04:00:00Z')
  expect(readFailure(writeFailure(error, at))).toEqual({
    code: 'disk_full',
    message: error.message,
    at: at.getTime(),
  })
  // As former agents wrote it.
  expect(readFailure('disk_full: The disk is full.')).toEqual({
    code: 'disk_full',
    message: 'The disk is full.',
  })
  expect(readFailure('Missing process handler')).toEqual({
    code: 'internal',
    message: 'Missing process handler',
  })
})

test('a folder that is missing is told without advice on keys and buckets, which it has not', () => {
  const message = 'The folder /mnt/backups does not exist: make it, or mount its disk.'
  const missing = (ofFolder: boolean) =>
    asAgentError(new StorageError('bucket_missing', message, { ofFolder }))
  expect(missing(true)).toMatchObject({ code: 'storage_refused', message })
  expect(missing(false).message).toContain('Check the keys')
})
