import { existsSync } from 'node:fs'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type AgentInstance, agentInstance } from '../../../../test/fixtures/agent-instance.ts'
import { sweepUploads, uploadFolderOf } from './upload-folder.ts'

let instance: AgentInstance

beforeEach(async () => {
  instance = await agentInstance()
})
afterEach(() => instance.close())

/** Asks until it is so; the limit of the test ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await turn()
}

async function upload(name: string, changedAt: Date): Promise<string> {
  const folder = uploadFolderOf(instance.configurationFile)
  await mkdir(folder, { recursive: true })
  const path = join(folder, name)
  await writeFile(path, 'an archive')
  await utimes(path, changedAt, changedAt)
  return path
}

test('an upload that nobody restored goes after a day, unless a job still waits to read it', async () => {
  const now = new Date()
  const twoDaysAgo = new Date(now.getTime() - 2 * 86_400_000)
  const fresh = await upload('fresh.zip', now)
  const old = await upload('old.zip', twoDaysAgo)
  const half = await upload('half.zip.part', twoDaysAgo)
  const needed = await upload('needed.zip', twoDaysAgo)
  await sweepUploads(uploadFolderOf(instance.configurationFile), now, new Set([needed]))
  expect([fresh, old, half, needed].map(existsSync)).toEqual([true, false, false, true])
  await instance.open()
  await until(async () => !existsSync(needed))
  expect(existsSync(fresh)).toBe(true)
})
