import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type CONTENDERS, openBucket, type Setting } from './contenders.ts'
import { treeUsage } from './process-tree.ts'

export interface Measured {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakRssMiB: number
  readonly childrenPeakRssMiB: number
  readonly temporaryDiskMiB: number
  readonly storedMiB: number
}

const MIB = 1024 ** 2
/** What a contender says when it is ready to be measured: the process to watch. */
const Ready = z.object({ watched: z.int().min(1) })
const SAMPLE_MS = 100
const DISK_SAMPLE_MS = 500

/** Runs one contender in a process of its own, and watches it from its start to its end. */
export async function measure(name: keyof typeof CONTENDERS, setting: Setting): Promise<Measured> {
  const program = join(import.meta.dirname, 'contender-process.ts')
  const child = fork(program, [JSON.stringify({ name, setting })], {
    env: { ...process.env, TMPDIR: setting.temporaryFolder },
  })
  const { watched: pid } = Ready.parse(await message(child))
  const diskBefore = await bytesBelow(setting.temporaryFolder)
  const before = treeUsage(pid)
  const peak = { root: 0, children: 0, disk: 0 }
  const sampling = setInterval(() => {
    const now = treeUsage(pid)
    peak.root = Math.max(peak.root, now.rootRssBytes)
    peak.children = Math.max(peak.children, now.childrenRssBytes)
  }, SAMPLE_MS)
  const looking = setInterval(() => {
    bytesBelow(setting.temporaryFolder).then(bytes => {
      peak.disk = Math.max(peak.disk, bytes - diskBefore)
    })
  }, DISK_SAMPLE_MS)
  const begun = process.hrtime.bigint()
  try {
    child.send('run')
    await message(child)
  } finally {
    clearInterval(sampling)
    clearInterval(looking)
  }
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9
  const after = treeUsage(pid)
  const storedBytes = await bytesStored(setting.folder)
  const ended = once(child, 'exit')
  child.send('close')
  await ended
  return {
    seconds: round(seconds),
    cpuSeconds: round(after.cpuSeconds - before.cpuSeconds),
    peakRssMiB: Math.round(peak.root / MIB),
    childrenPeakRssMiB: Math.round(peak.children / MIB),
    temporaryDiskMiB: Math.round(peak.disk / MIB),
    storedMiB: Math.round(storedBytes / MIB),
  }
}

/** The next word of the child; an error when it ends instead. */
function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const failed = (status: number | null) => reject(new Error(`The contender ended with status ${status}.`))
    child.once('exit', failed)
    child.once('message', word => {
      child.off('exit', failed)
      resolve(word)
    })
  })
}

async function bytesStored(folder: string): Promise<number> {
  const bucket = openBucket()
  let bytes = 0
  for await (const object of bucket.list(`${folder}/`)) bytes += object.sizeBytes
  bucket.close()
  return bytes
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (!entry.isFile()) continue
    const file = await stat(join(entry.parentPath, entry.name)).catch(() => undefined)
    bytes += file?.size ?? 0
  }
  return bytes
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100
}
