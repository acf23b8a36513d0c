import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { RestoreOptions, RestoreResult } from '../restore/options.ts'
import { restoreSnapshot } from '../restore/restore-snapshot.ts'
import { openSnapshot } from '../snapshot/open-snapshot.ts'
import type { RestorableSnapshot, SnapshotOptions } from '../snapshot/snapshot.ts'
import { databaseFingerprint, filesFingerprint } from './fingerprint.ts'
import { TestInstance, type TestServer } from './instance.ts'

/** A test's own instance with a sample database, and restores on it whose leftovers are known. */
export interface Restoring {
  readonly instance: TestInstance
  readonly sample: string
  readonly restoreSnapshot: typeof restoreSnapshot
  /** What a database and its files hold. */
  fingerprint(database: string): Promise<{
    readonly database: Awaited<ReturnType<typeof databaseFingerprint>>
    readonly files: Awaited<ReturnType<typeof filesFingerprint>>
  }>
  /** Backs a database up, `sample` by default, and restores it at once. */
  copySample(
    options: Partial<RestoreOptions> & { database: string },
    snapshotOptions?: SnapshotOptions,
    which?: { readonly from?: string; readonly now?: Date },
  ): Promise<RestoreResult>
  /** The names of the hidden databases that restores made. */
  readonly temporary: ReadonlySet<string>
  /** Which of them are still there, and hidden folders. */
  leftovers(): Promise<string[]>
  close(): Promise<void>
}

export async function openRestoring(server: TestServer): Promise<Restoring> {
  const instance = await TestInstance.open(server)
  const sample = await instance.createSample()
  const temporary = new Set<string>()
  const restore: typeof restoreSnapshot = (cluster, snapshot, options, now) =>
    restoreSnapshot(
      cluster,
      snapshot,
      {
        ...options,
        journal: async entry => {
          if (entry.temporaryDatabase) temporary.add(instance.owns(entry.temporaryDatabase))
          await options.journal?.(entry)
        },
      },
      now,
    )
  return {
    instance,
    sample,
    temporary,
    restoreSnapshot: restore,
    fingerprint: async database => ({
      database: await instance.cluster.withClient(database, databaseFingerprint),
      files: await filesFingerprint(instance.filestore(database)),
    }),
    async copySample(options, snapshotOptions = {}, { from = sample, now = new Date() } = {}) {
      const snapshot = await openSnapshot(instance.cluster, from, snapshotOptions)
      try {
        return await restore(
          instance.cluster,
          { ...view(snapshot), ...(snapshotOptions.format ? { dumpFormat: snapshotOptions.format } : {}) },
          { copy: false, neutralise: false, ...options },
          now,
        )
      } finally {
        await snapshot.close()
      }
    },
    async leftovers() {
      const left: string[] = []
      for (const name of temporary) if (await instance.cluster.databaseExists(name)) left.push(name)
      const folders = await readdir(join(instance.dataDir, 'filestore'))
      return [...left, ...folders.filter(name => name.startsWith('.'))]
    },
    close: () => instance.close(),
  }
}

/** What a restore sees of a snapshot. */
export const view = (snapshot: RestorableSnapshot): RestorableSnapshot => ({
  ...(snapshot.manifest ? { manifest: snapshot.manifest } : {}),
  dump: () => snapshot.dump(),
  files: () => snapshot.files(),
})

/** A snapshot made of a text and some files. */
export function madeUp(sql: string, files: Readonly<Record<string, string>> = {}): RestorableSnapshot {
  return {
    dump: () => Readable.from([Buffer.from(sql)], { objectMode: false }),
    async *files() {
      for (const [path, content] of Object.entries(files))
        yield {
          path,
          sizeBytes: Buffer.byteLength(content),
          open: () => Readable.from([Buffer.from(content)], { objectMode: false }),
        }
    },
  }
}

/** How a whole dump ends. */
export const COMPLETE = '\n--\n-- PostgreSQL database dump complete\n--\n'
/** What makes a dump one of Odoo. */
export const MODULES = 'CREATE TABLE public.ir_module_module (id integer, name text, state text);\n'
