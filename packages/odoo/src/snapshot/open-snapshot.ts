import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { OdooManifest, SnapshotFile } from '@odoo-backup/protocol'
import type { OdooCluster } from '../cluster/cluster.ts'
import { fromPostgres } from '../cluster/postgres-error.ts'
import type { PostgresTool } from '../cluster/tools.ts'
import { DumpObserver } from '../dump-lexer/dump-observer.ts'
import { OdooError } from '../errors.ts'
import { startProgram } from '../process/program.ts'
import { filestorePath } from '../settings/paths.ts'
import { openChecked, readChecked } from './checked-file.ts'
import { countRows } from './count-rows.ts'
import { CustomDumpObserver } from './custom-dump-observer.ts'
import { type DumpWatch, dumpStream } from './dump-stream.ts'
import { type WalkedFile, walkFilestore } from './filestore-walk.ts'
import { readManifest } from './manifest.ts'
import { MissingFiles } from './missing-files.ts'
import { type NamedFiles, readNamedFiles } from './named-files.ts'
import type { LiveSnapshot, SnapshotEstimate, SnapshotFacts, SnapshotOptions } from './snapshot.ts'
import {
  beginSnapshot,
  estimateDump,
  readDatabaseUuid,
  type SnapshotTransaction,
} from './snapshot-transaction.ts'
import { checkReadable } from './unreadable-tables.ts'
import { Warnings } from './warnings.ts'

const LOCK_WAIT_SECONDS = 60

/**
 * Opens a snapshot of a live database: one moment, from which pg_dump and the list of stored files are read.
 * The filestore is looked through at once, so that a wrong folder is told before any work is done. Rejects with the
 * reason of `signal` as soon as it aborts, though a table's lock or a slow disk is being waited for.
 * @throws OdooError `database_missing`, `not_an_odoo_database`, `filestore_missing`, `filestore_incomplete`,
 * `tool_missing`, `postgres_unreachable`, `postgres_refused`, `permission_denied`, `role_lacks_right`
 */
export async function openSnapshot(
  cluster: OdooCluster,
  database: string,
  options: SnapshotOptions = {},
): Promise<LiveSnapshot> {
  const { lockWaitSeconds = LOCK_WAIT_SECONDS, signal } = options
  const filestore = filestorePath(cluster.settings, database)
  const tool = await cluster.tool('pg_dump')
  const serverVersion = await cluster.serverVersion()
  const environment = await cluster.toolEnvironment(database)
  const transaction = await beginSnapshot(cluster, database, { lockWaitSeconds, signal })
  try {
    const manifest = await readManifest(transaction.client, database, serverVersion)
    await checkReadable(transaction.client)
    const databaseUuid = await readDatabaseUuid(transaction.client)
    const hasFiles = options.databaseOnly !== true && options.format !== 'custom'
    const snapshot = new OpenSnapshot({
      cluster,
      transaction,
      tool,
      environment,
      manifest,
      options,
      serverVersion,
      filestore,
      dumpBytes: await estimateDump(transaction.client),
      ...(hasFiles ? { named: await readNamedFiles(transaction.client) } : {}),
      ...(databaseUuid === undefined ? {} : { databaseUuid }),
    })
    await noLongerThan(snapshot.look(), signal)
    return snapshot
  } catch (error) {
    await transaction.end()
    signal?.throwIfAborted()
    throw fromPostgres(error, `Reading the database ${JSON.stringify(database)}`)
  }
}

/** A disk that does not answer ends no call to the system: what is waited for is left behind. */
async function noLongerThan(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work
  let stop = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
  try {
    await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

interface Parts {
  readonly cluster: OdooCluster
  readonly transaction: SnapshotTransaction
  readonly tool: PostgresTool
  readonly environment: NodeJS.ProcessEnv
  readonly manifest: OdooManifest
  readonly options: SnapshotOptions
  readonly serverVersion: number
  readonly databaseUuid?: string
  readonly filestore: string
  /** About how many bytes the dump will have. */
  readonly dumpBytes: number
  /** Absent where the backup has no files. */
  readonly named?: NamedFiles
}

class OpenSnapshot implements LiveSnapshot {
  readonly manifest: OdooManifest
  readonly filestore: string
  readonly #parts: Parts
  readonly #missing: MissingFiles
  readonly #warnings = new Warnings()
  readonly #observer: DumpObserver | CustomDumpObserver
  #estimate: SnapshotEstimate = { dumpBytes: 0, fileBytes: 0, fileCount: 0 }
  #dump: Readable | undefined
  #fileCount = 0
  #fileBytes = 0
  /** Files that the database does not name: one that is damaged is left out, and nothing is missing. */
  readonly #unnamed = new WeakSet<SnapshotFile>()

  constructor(parts: Parts) {
    this.manifest = parts.manifest
    this.filestore = parts.filestore
    this.#parts = parts
    this.#missing = new MissingFiles(parts.filestore, parts.cluster.settings)
    this.#observer =
      parts.options.format === 'custom'
        ? new CustomDumpObserver(() =>
            countRows(parts.transaction.client).catch(error => {
              throw fromPostgres(error, 'Counting the rows')
            }),
          )
        : new DumpObserver()
  }

  get estimate(): SnapshotEstimate {
    return this.#estimate
  }

  /** Estimates the work, and fails at once where the filestore is not what the database expects. */
  async look(): Promise<void> {
    const { named: names, dumpBytes } = this.#parts
    let fileBytes = 0
    let fileCount = 0
    let named = 0
    if (names !== undefined) {
      for await (const file of this.#walk(names)) {
        fileBytes += file.sizeBytes
        fileCount++
        if (file.named) named++
      }
      this.#missing.setNamed(named + this.#missing.paths.size)
      this.#missing.checkFolder((await stat(this.filestore).catch(() => undefined))?.isDirectory() ?? false)
      this.#missing.check()
      if (names.foreign > 0)
        this.#warnings.add('other', { code: 'attachments_elsewhere', count: names.foreign })
    }
    this.#estimate = { dumpBytes, fileBytes, fileCount }
  }

  dump(): Readable {
    if (this.#dump) throw new Error('The dump of a snapshot is read once.')
    const { options, transaction, tool, environment, cluster } = this.#parts
    const format = options.format === 'custom' ? 'custom' : 'plain'
    const program = startProgram(
      tool.path,
      [
        `--format=${format}`,
        '--no-owner',
        '--no-password',
        `--snapshot=${transaction.id}`,
        // A dump that waits for a lock makes everyone behind it wait.
        `--lock-wait-timeout=${Math.round((options.lockWaitSeconds ?? LOCK_WAIT_SECONDS) * 1000)}`,
      ],
      { environment, runAs: cluster.runAs, nice: options.nice },
    )
    const observer = this.#observer
    const watch: DumpWatch = {
      push: chunk => observer.push(chunk),
      // Files may take hours to upload: the snapshot's locks are not held any longer than the dump needs them.
      end: async () => {
        await observer.end()
        await transaction.end()
      },
    }
    this.#dump = dumpStream(program, watch, options.signal)
    return this.#dump
  }

  async *files(): AsyncGenerator<SnapshotFile> {
    const { named: names } = this.#parts
    if (names === undefined) return
    for await (const { path, sizeBytes, named } of this.#walk(names)) {
      const file = {
        path,
        sizeBytes,
        open: () => this.#open(path, sizeBytes),
        readInto: (target: Buffer) => this.#readInto(path, target),
      }
      if (!named) this.#unnamed.add(file)
      yield file
    }
    this.#missing.check()
  }

  async #open(path: string, sizeBytes: number): Promise<Readable> {
    const content = await openChecked(join(this.filestore, path), path, sizeBytes)
    return content.once('end', () => this.#wasRead(sizeBytes))
  }

  async #readInto(path: string, target: Buffer): Promise<void> {
    await readChecked(join(this.filestore, path), path, target)
    this.#wasRead(target.length)
  }

  #wasRead(sizeBytes: number): void {
    this.#fileCount++
    this.#fileBytes += sizeBytes
  }

  skipFile(file: SnapshotFile, error: unknown): boolean {
    if (!(error instanceof OdooError) || error.code !== 'file_corrupt') return false
    this.#warnings.add('damaged', { code: 'file_damaged', path: file.path, words: error.message })
    if (this.#unnamed.has(file)) return true
    this.#missing.paths.add(file.path)
    this.#missing.check()
    return true
  }

  facts(): SnapshotFacts {
    const { transaction, serverVersion, tool, databaseUuid } = this.#parts
    return {
      takenAt: transaction.takenAt,
      odooVersion: this.manifest.version,
      serverVersion,
      pgDumpVersion: tool.version,
      ...(databaseUuid === undefined ? {} : { databaseUuid }),
      dumpBytes: this.#observer.bytes,
      fileCount: this.#fileCount,
      fileBytes: this.#fileBytes,
      rowCounts: this.#observer.rowCounts,
      sequences: this.#observer.sequences,
      missingFiles: [...this.#missing.paths],
      warnings: [...this.#warnings.all(), ...this.#observer.warnings],
    }
  }

  async close(): Promise<void> {
    this.#dump?.destroy()
    await this.#parts.transaction.end()
  }

  #walk(named: NamedFiles): AsyncGenerator<WalkedFile> {
    return walkFilestore(this.filestore, named.folders(), {
      missing: path => {
        this.#missing.paths.add(path)
        this.#warnings.add('missing', { code: 'file_missing', path })
      },
      warn: warning => this.#warnings.add('left_out', warning),
      signal: this.#parts.options.signal,
    })
  }
}
