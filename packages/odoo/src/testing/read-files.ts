import { createHash } from 'node:crypto'
import type { LiveSnapshot } from '../snapshot/snapshot.ts'

/** Reads all files as a backup would: those that cannot be read are offered to be skipped. */
export async function readFiles(snapshot: LiveSnapshot): Promise<Map<string, string>> {
  const read = new Map<string, string>()
  for await (const file of snapshot.files()) {
    try {
      const content = Buffer.alloc(file.sizeBytes)
      await file.readInto?.(content)
      read.set(file.path, createHash('sha1').update(content).digest('hex'))
    } catch (error) {
      if (!snapshot.skipFile(file, error)) throw error
    }
  }
  return read
}
