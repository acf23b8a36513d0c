import { pipeline, type Readable, Transform } from 'node:stream'
import { encrypt, writeInfo, writeOdooZip } from '@odoo-backup/backup-format'
import { type LiveSnapshot, type OdooCluster, openSnapshot, withDatabaseLock } from '@odoo-backup/odoo'
import { type SentObject, verifyByListing } from '@odoo-backup/storage'
import { isMarkOf, markOf, type Place } from '../config/place.ts'
import type { Destination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { formatBytes } from '../wording/amounts.ts'
import { estimatedArchiveBytes } from './archive-size.ts'
import { backupFacts } from './backup-facts.ts'
import { type BackupNames, reserveNames } from './backup-name.ts'
import type { JobDependencies, JobRun } from './context.ts'
import { atPlace } from './find-place.ts'
import { checkFingerprint, passwordFingerprint } from './fingerprint.ts'
import { type BackupJob, type JobOutcome, type StartedArchive, wholeBackup } from './job-data.ts'
import { releaseName, removeLeftovers } from './leftovers.ts'
import { within } from './patience.ts'
import type { Step } from './phases.ts'
import { refuseUnscheduled } from './refuse-unscheduled.ts'

/** How long a whole archive waits for the queue, which may be away. */
const NOTED_WITHIN_MS = 10_000

/** How the archive is to be made, as the settings say at the start of the run. */
interface Plan {
  readonly format: 'zip' | 'dump'
  /** Present when the archive is encrypted. */
  readonly password?: string
  readonly fingerprint?: string
}

/**
 * Backs one database up: what an earlier run left is removed, the archive streams from the database's snapshot
 * into the store, is verified by listing, and `.info` completes it. One at a time per database; others wait.
 */
export async function runBackup(given: JobDependencies, run: JobRun<BackupJob>): Promise<JobOutcome> {
  // Faulty settings do not say where its backups go.
  given.database(run.data.database)
  const [place] = given.places(run.data.database)
  const dependencies = atPlace(given, place)
  const cluster = await dependencies.cluster()
  await dependencies.keepIdentity().catch(error => {
    dependencies.warn(`Whether this server has an instance id of its own is not known: ${String(error)}`)
  })
  run.progress({ phase: 'waiting', doneBytes: 0 })
  return withDatabaseLock(
    cluster,
    run.data.database,
    async lock => {
      const signal = AbortSignal.any([run.signal, lock])
      const destination = await dependencies.openDestination('backup')
      try {
        return await backUp(
          dependencies,
          { ...run, data: await run.current(), signal },
          cluster,
          destination,
          place,
        )
      } finally {
        destination.close()
      }
    },
    { signal: run.signal, ifHeld: 'refuse' },
  )
}

async function backUp(
  dependencies: JobDependencies,
  given: JobRun<BackupJob>,
  cluster: OdooCluster,
  destination: Destination,
  place: Place,
): Promise<JobOutcome> {
  const { database, started: earlier } = given.data
  const leftoverOptions = { ...dependencies, instanceId: dependencies.instanceId() }
  const isHere = earlier?.place === undefined || isMarkOf(earlier.place, place)
  if (
    earlier !== undefined &&
    isHere &&
    (await removeLeftovers(destination, earlier, leftoverOptions)) === 'complete'
  ) {
    await queueRotation(dependencies, database)
    return wholeBackup(earlier, given.data)
  }
  await refuseUnscheduled(dependencies, given.data)
  // A place that is no longer used may be away for good: it is cleared up when the job has ended, and holds up nothing.
  const { found: _, ...data } = given.data
  const run = { ...given, data: isHere ? data : withElsewhere(data, earlier) }
  const plan = await planOf(dependencies, database)
  const { names, started } = await reserveNames(
    destination,
    { database, format: plan.format, encrypted: plan.password !== undefined },
    {
      now: dependencies.now(),
      instanceId: leftoverOptions.instanceId,
      place: markOf(place),
      note: reserved => run.note({ ...run.data, started: reserved, backup: reserved.archive }),
      release: reserved => releaseName(destination, reserved, leftoverOptions),
      signal: run.signal,
    },
  )
  try {
    return await makeArchive(dependencies, run, cluster, destination, plan, names, started)
  } catch (error) {
    await removeLeftovers(destination, started, leftoverOptions).catch(failure => {
      dependencies.warn(`Clearing up after a failed backup did not end well: ${String(failure)}`)
    })
    throw error
  }
}

function withElsewhere(data: BackupJob, started: StartedArchive): BackupJob {
  return { ...data, elsewhere: [...(data.elsewhere ?? []), started] }
}

async function planOf(dependencies: JobDependencies, database: string): Promise<Plan> {
  const settings = dependencies.database(database)
  const { format, encrypted, encryptionPassword } = settings
  if (!encrypted) return { format }
  if (encryptionPassword === undefined) {
    throw new AgentError(
      'encryption_password_required',
      `Backups of ${database} are to be encrypted, but there is no password in the settings.`,
    )
  }
  const fingerprint = await passwordFingerprint(encryptionPassword, dependencies.instanceId())
  checkFingerprint(database, settings.encryptionFingerprint, fingerprint)
  return { format, password: encryptionPassword, fingerprint }
}

async function makeArchive(
  dependencies: JobDependencies,
  run: JobRun<BackupJob>,
  cluster: OdooCluster,
  destination: Destination,
  plan: Plan,
  names: BackupNames,
  started: StartedArchive,
): Promise<JobOutcome> {
  const { storage, prefix } = destination
  const { signal, progress } = run
  const startedAt = dependencies.now()
  const { nice, lock_wait_seconds: lockWaitSeconds } = dependencies.settings()
  progress({ phase: 'snapshot', doneBytes: 0 })
  run.log(`Opening a snapshot of ${run.data.database}.`)
  const snapshot = await openSnapshot(cluster, run.data.database, {
    format: plan.format === 'zip' ? 'plain' : 'custom',
    nice,
    lockWaitSeconds,
    signal,
  })
  try {
    const { estimate } = snapshot
    run.log(
      `About ${formatBytes(estimate.dumpBytes)} of database and ${formatBytes(estimate.fileBytes)} in ${estimate.fileCount} files go to ${names.archive}${plan.password === undefined ? '' : ', encrypted'}.`,
    )
    let data: BackupJob = { ...run.data, started, backup: names.archive }
    const sent = await storage.put(prefix + names.archive, archiveOf(snapshot, plan, run), {
      contentType: 'application/octet-stream',
      estimatedBytes: estimatedArchiveBytes(estimate),
      onUploadOpened: ({ uploadId }) => {
        data = { ...data, started: { ...started, uploadId } }
        return run.note(data)
      },
      signal,
    })
    run.log(`${formatBytes(sent.sizeBytes)} were sent. Comparing with what the storage lists.`)
    progress({ phase: 'verify', doneBytes: sent.sizeBytes, totalBytes: sent.sizeBytes })
    await verifyByListing(storage, sent, { signal })
    const { warnings, missingFiles } = snapshot.facts()
    const found = { warnings: [...warnings], missingFiles: missingFiles.length }
    // Only what is told of it later: no backup that is whole is lost for want of this.
    await within(run.note({ ...data, found }), NOTED_WITHIN_MS).catch(error => {
      dependencies.warn(
        `What the backup ${names.archive} found could not be noted in its job: ${String(error)}`,
      )
    })
    await writeInfoObject(dependencies, destination, { snapshot, sent, plan, names, startedAt, signal })
    const next = await queueRotation(dependencies, run.data.database)
    if (plan.fingerprint !== undefined) {
      await dependencies.noteFingerprint(run.data.database, plan.fingerprint)
    }
    run.log('The description was written; the backup is complete.')
    progress({ phase: 'done', doneBytes: sent.sizeBytes, totalBytes: sent.sizeBytes })
    return {
      backup: names.archive,
      warnings: [...warnings],
      ...(next === undefined ? {} : { next }),
    }
  } finally {
    await snapshot.close()
  }
}

/**
 * Also where everything is kept: rotation removes what dead runs left. The backup is whole by now: whatever keeps
 * rotation from being queued does not undo that.
 */
async function queueRotation(
  { queueJob, warn }: JobDependencies,
  name: BackupJob['database'],
): Promise<string | undefined> {
  return queueJob({ kind: 'rotate', database: name }).catch(error => {
    warn(`Rotation of ${name} could not be queued: ${String(error)}`)
    return undefined
  })
}

/** The archive's bytes as they are made: nothing is kept, neither in memory nor on disk. */
function archiveOf(snapshot: LiveSnapshot, plan: Plan, { progress, signal }: JobRun<BackupJob>): Readable {
  let made: Step = { phase: 'upload', doneBytes: 0 }
  const report = (step: Step) => {
    made = { ...step, phase: 'upload' }
    progress(step)
  }
  const { estimate } = snapshot
  const totalBytes = estimate.dumpBytes + estimate.fileBytes
  const filesTotal = estimate.fileCount
  const body =
    plan.format === 'dump'
      ? counted(snapshot.dump(), doneBytes =>
          report({ phase: 'dump', doneBytes, totalBytes: estimate.dumpBytes }),
        )
      : writeOdooZip(snapshot, {
          signal,
          skipFile: (file, error) => snapshot.skipFile(file, error),
          onProgress: ({ dumpBytes, filesBytes, filesDone }) =>
            report({
              phase: filesDone > 0 ? 'files' : 'dump',
              doneBytes: dumpBytes + filesBytes,
              totalBytes,
              filesDone,
              filesTotal,
            }),
        })
  // Most was sent while it was made; what is left is the last part, and the storage putting all together.
  body.once('end', () => progress(made))
  return plan.password === undefined ? body : encrypt(body, { password: plan.password, signal })
}

function counted(body: Readable, report: (bytes: number) => void): Readable {
  let bytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      report(bytes)
      done(null, chunk)
    },
  })
  // The callback is given so that an error reaches the reader of `meter` and nobody else.
  pipeline(body, meter, () => undefined)
  return meter
}

async function writeInfoObject(
  dependencies: JobDependencies,
  { storage, prefix, service }: Destination,
  made: {
    readonly snapshot: LiveSnapshot
    readonly sent: SentObject
    readonly plan: Plan
    readonly names: BackupNames
    readonly startedAt: Date
    readonly signal: AbortSignal
  },
): Promise<void> {
  const { snapshot, sent, plan, names, startedAt, signal } = made
  const text = writeInfo({
    database: snapshot.manifest.db_name,
    encrypted: plan.password !== undefined,
    takenAt: names.takenAt,
    sizeBytes: sent.sizeBytes,
    storageService: service,
    facts: backupFacts({
      snapshot,
      sent,
      instanceId: dependencies.instanceId(),
      seal: await sealOf(dependencies, names.archive, sent),
      agentVersion: dependencies.agentVersion,
      format: plan.format,
      startedAt,
      finishedAt: dependencies.now(),
    }),
  })
  await storage.put(prefix + names.info, Buffer.from(text), { ifAbsent: true, signal })
}

/** Without a seal nothing but a drill of code asks for more: no backup fails for want of it. */
async function sealOf(
  { seal, warn }: JobDependencies,
  name: string,
  { sizeBytes, sha256 }: SentObject,
): Promise<string | undefined> {
  return seal.of({ name, sizeBytes, sha256 }).catch(error => {
    warn(
      `${name} could not be sealed, so that a drill will not take it for this server's own: ${String(error)}`,
    )
    return undefined
  })
}
