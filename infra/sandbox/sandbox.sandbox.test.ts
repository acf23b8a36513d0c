import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { environmentFile, sandboxEnvironment } from './environment.ts'
import { ownerOf } from './s3-client.ts'
import { sandboxStatus } from './sandbox.ts'

/** A sandbox of this test's own, beside the one that the other tests use. */
const home = mkdtempSync(join(tmpdir(), 'sandbox-'))
const root = join(import.meta.dirname, '../..')

async function sandbox(command: 'start' | 'stop' | 'status') {
  const options = { cwd: root, env: { ...process.env, SANDBOX_HOME: home } }
  const program = ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), command]
  return promisify(execFile)(process.execPath, program, options)
}
const pids = () => sandboxStatus(home).map(server => server.pid)

async function query(text: string) {
  const { pgHost, pgPort, odooDbUser, odooDbPassword } = sandboxEnvironment(home)
  const client = new pg.Client({
    host: pgHost,
    port: pgPort,
    user: odooDbUser,
    password: odooDbPassword,
    database: 'postgres',
  })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

async function objects<T>(work: (client: S3Client, at: { Bucket: string; Key: string }) => Promise<T>) {
  const environment = sandboxEnvironment(home)
  const client = ownerOf('private', environment)
  try {
    return await work(client, { Bucket: environment.privateBucket, Key: 'folder/kept' })
  } finally {
    client.destroy()
  }
}

afterAll(async () => {
  await sandbox('stop')
  rmSync(home, { recursive: true })
})

test('two starts at once make one sandbox; a stop ends all of it; what it held is there after the next start', async () => {
  await Promise.all([sandbox('start'), sandbox('start')])
  const first = pids()
  expect(first.every(pid => pid !== undefined)).toBe(true)
  expect(statSync(environmentFile(home)).mode & 0o777).toBe(0o600)
  await sandbox('start')
  expect(pids()).toEqual(first)

  await query('CREATE DATABASE kept')
  await objects((client, at) => client.send(new PutObjectCommand({ ...at, Body: 'still here' })))
  await sandbox('stop')
  expect(pids().every(pid => pid === undefined)).toBe(true)
  await expect(query('SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await expect(fetch(sandboxEnvironment(home).s3Endpoint)).rejects.toThrow('fetch failed')
  await expect(sandbox('status')).rejects.toMatchObject({ code: 3 })

  await sandbox('start')
  expect(await query("SELECT datname FROM pg_database WHERE datname = 'kept'")).toHaveLength(1)
  // The body is read while the client still lives: its end ends the connection.
  const kept = await objects(async (client, at) => {
    const { Body } = await client.send(new GetObjectCommand(at))
    return Body?.transformToString()
  })
  expect(kept).toBe('still here')
})
