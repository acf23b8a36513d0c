import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createLeaseFile } from './lease.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-lease-'))
  file = join(folder, 'agent.conf.d', 'notices.lease')
})
afterEach(() => rm(folder, { recursive: true }))

/** Of processes of this machine, each with a clock of its own. */
function lease() {
  const clock = { now: 0 }
  return { clock, ...createLeaseFile(file, () => clock.now) }
}

/** The lease as a process left it that is not this one. */
async function leaveAs(change: (process: Record<string, unknown>) => object): Promise<void> {
  const left = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...left, process: change(left.process) }))
}

test('one of two has it, until it gives it back', async () => {
  const [first, second] = [lease(), lease()]
  expect(await first.hold()).toBe(true)
  expect([await second.hold(), await second.isOurs(), await first.isOurs()]).toEqual([false, false, true])
  await second.release()
  expect(await first.hold()).toBe(true)
  await first.release()
  expect([await second.hold(), await first.hold()]).toEqual([true, false])
  expect(await readdir(join(folder, 'agent.conf.d'))).toEqual(['notices.lease'])
})

test('of many that begin at once, one has it', async () => {
  const all = Array.from({ length: 20 }, lease)
  const held = await Promise.all(all.map(one => one.hold()))
  expect(held.filter(Boolean)).toHaveLength(1)
})

test('a process of this machine that is no more loses it at once, also where its number is another’s now', async () => {
  const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(gone, 'exit')
  await lease().hold()
  await leaveAs(process => ({ ...process, pid: gone.pid }))
  expect(await lease().hold()).toBe(true)
  await leaveAs(process => ({ ...process, began: '1' }))
  expect(await lease().hold()).toBe(true)
})

test('a process of another machine or container keeps it while it gives signs of life, whatever its clock says', async () => {
  await lease().hold()
  await leaveAs(process => ({ ...process, pid: 1, namespace: 'pid:[1]' }))
  const other = lease()
  for (let turn = 0; turn < 5; turn += 1) {
    // By turns an hour behind and years ahead.
    await utimes(file, turn, turn % 2 === 0 ? 1_700_000_000 + turn : 4_000_000_000 + turn)
    other.clock.now += 100_000
    expect(await other.hold()).toBe(false)
  }
  other.clock.now += 119_000
  expect(await other.hold()).toBe(false)
  other.clock.now += 1_000
  expect(await other.hold()).toBe(true)
})

test('one that hung so long that another took over sees it before it tells anything', async () => {
  const [hung, other] = [lease(), lease()]
  await hung.hold()
  await other.hold()
  other.clock.now += 120_000
  expect(await other.hold()).toBe(true)
  expect([await hung.isOurs(), await hung.hold()]).toEqual([false, false])
})

test('a damaged lease is nobody’s', async () => {
  await lease().hold()
  await writeFile(file, '{"id":')
  const next = lease()
  expect([await next.hold(), await next.isOurs()]).toEqual([true, true])
})

test('where no lease can be written it is told twice rather than not at all, but not where another has it', async () => {
  // A file stands where the folder would be.
  await writeFile(join(folder, 'agent.conf.d'), '')
  const [first, second] = [lease(), lease()]
  expect([await first.hold(), await first.isOurs(), await second.hold()]).toEqual([true, true, true])
  await rm(join(folder, 'agent.conf.d'))
  expect([await second.hold(), await first.hold(), await first.isOurs()]).toEqual([true, false, false])
})
