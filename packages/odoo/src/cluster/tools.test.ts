import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { findTool, knowsRestrict, type ToolName } from './tools.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-tools-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A program that says it is a certain version; versions that no machine has, so that only these are found. */
async function install(name: ToolName, version: string): Promise<string> {
  const path = await mkdtemp(join(folder, 'bin-'))
  await writeFile(
    join(path, name),
    `#!/bin/sh\necho '${name} (PostgreSQL) ${version} (Debian ${version}-1)'\n`,
  )
  await chmod(join(path, name), 0o755)
  return path
}

test("a program of the server's own major version is taken, and pg_path is looked at first", async () => {
  const [older, same, newer] = [
    await install('pg_dump', '90.3'),
    await install('pg_dump', '91.4'),
    await install('pg_dump', '92.1'),
  ]
  const path = { PATH: [older, newer, same].join(':') }
  expect(await findTool('pg_dump', 910_002, undefined, path)).toMatchObject({
    path: join(same, 'pg_dump'),
    version: '91.4',
    major: 91,
    minor: 4,
  })
  expect((await findTool('pg_dump', 910_002, same, { PATH: newer })).path).toBe(join(same, 'pg_dump'))
})

test('pg_dump may be newer than the server and never older', async () => {
  const [older, newer] = [await install('pg_dump', '90.3'), await install('pg_dump', '92beta1')]
  const path = { PATH: [older, newer].join(':') }
  expect((await findTool('pg_dump', 910_002, undefined, path)).version).toBe('92beta1')
  await expect(findTool('pg_dump', 930_000, undefined, path)).rejects.toMatchObject({
    code: 'tool_missing',
    message: expect.stringMatching(/PostgreSQL 93 was not found.*version 90\.3.*postgresql-client-93/),
  })
})

test('pg_restore is the newest there is, as it reads what older ones wrote', async () => {
  const path = { PATH: [await install('pg_restore', '91.1'), await install('pg_restore', '95.1')].join(':') }
  expect((await findTool('pg_restore', 910_002, undefined, path)).major).toBe(95)
})

test.each([
  [15, 13, false],
  [15, 14, true],
  [17, 5, false],
  [17, 6, true],
  [13, 22, true],
  [12, 99, false],
  [18, 0, true],
])('psql %i.%i knows \\restrict: %p', (major, minor, expected) => {
  expect(knowsRestrict({ major, minor })).toBe(expected)
})
