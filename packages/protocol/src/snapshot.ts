import type { Readable } from 'node:stream'
import { z } from 'zod'

/** `manifest.json` of an Odoo backup, keys in Odoo's order (`dump_db_manifest`). */
export const OdooManifest = z.object({
  odoo_dump: z.literal('1'),
  db_name: z.string(),
  version: z.string(),
  /** The first is text in Odoo's intermediate releases, such as `saas~17`. */
  version_info: z.tuple([
    z.union([z.number(), z.string()]),
    z.number(),
    z.number(),
    z.string(),
    z.number(),
    z.string(),
  ]),
  major_version: z.string(),
  pg_version: z.string(),
  modules: z.record(z.string(), z.string()),
})
export type OdooManifest = z.infer<typeof OdooManifest>

/** One file of a filestore. `path` is relative to the filestore, with `/`, such as `e0/e0d4b5…`. */
export interface SnapshotFile {
  readonly path: string
  /** Bytes, as known before reading. */
  readonly sizeBytes: number
  /** Opens the content. A stream that ends early or late against `sizeBytes` is the reader's error to raise. */
  open(): Readable | Promise<Readable>
  /**
   * Instead of `open()`, where it is there: fills `target`, which has `sizeBytes` bytes, with the whole content.
   * Rejects as the stream would. For small files, whose reader has memory that it uses again.
   */
  readonly readInto?: (target: Buffer) => Promise<void>
}

/**
 * An Odoo database at one moment: the seam between a live database, a stored backup and a restore.
 * `dump()` is read to its end before `files()` is begun; each is used once.
 */
export interface OdooSnapshot {
  readonly manifest: OdooManifest
  /** Plain SQL of pg_dump. Destroyed with a typed error if the dump is not whole. */
  dump(): Readable
  files(): AsyncIterable<SnapshotFile>
}
