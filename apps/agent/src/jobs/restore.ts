import { parseBackupName } from '@odoo-backup/backup-format'
import { type RestoreJournal, restoreSnapshot, resumeRestore, withDatabaseLock } from '@odoo-backup/odoo'
import { openSource } from './archive-source.ts'
import type { JobDependencies, JobRun } from './context.ts'
import type { JobOutcome, RestoreJob } from './job-data.ts'
import { openArchive, removeTemporary } from './open-archive.ts'
import { copyOf, endsSchedules, finishRestore, undoOutcome } from './restore-outcome.ts'

/**
 * Restores a backup under a name. What an earlier run began is finished or undone first; the database becomes
 * visible to Odoo only when it and every file are complete and checked.
 */
export async function runRestore(
  dependencies: JobDependencies,
  run: JobRun<RestoreJob>,
): Promise<JobOutcome> {
  const cluster = await dependencies.cluster()
  let data = run.data
  const note = async (change: Partial<RestoreJob>) => {
    data = { ...data, ...change }
    await run.note(data)
  }
  /** No moment comes in which the new database is public and its name's schedules would back it up. */
  const noteStep = async (journal: RestoreJournal) => {
    const schedulesOff =
      journal.step === 'publishing' &&
      endsSchedules({ ...data, journal }) &&
      (await dependencies.schedules.areOn(data.database))
    await note({ journal: copyOf(journal), ...(schedulesOff ? { schedulesOff } : {}) })
    if (schedulesOff) await dependencies.schedules.off(data.database)
  }
  run.progress({ phase: 'waiting', doneBytes: 0 })
  return withDatabaseLock(
    cluster,
    data.database,
    async lock => {
      const signal = AbortSignal.any([run.signal, lock])
      /** Until the next attempt the original is public: its schedules run, and what waited behind this one is done. */
      const schedulesBack = async () => {
        // Without the lock another run may have begun, whose notes are not to be written over.
        if (lock.aborted || data.schedulesOff !== true || data.journal === undefined) return
        if ((await resumeRestore(cluster, data.journal)) === 'finished') return
        await undoOutcome(dependencies, data)
        await note({ schedulesOff: undefined })
      }
      data = await run.current()
      await removeTemporary(data.temporaryFile)
      if (data.journal !== undefined) {
        const ended = await resumeRestore(cluster, data.journal)
        if (ended === 'finished') return finishRestore(dependencies, data)
        await undoOutcome(dependencies, data)
        await note({ journal: undefined, schedulesOff: undefined })
      }
      run.log(
        `Restoring ${data.source.kind === 'stored' ? data.source.backup : 'an uploaded file'} as ${data.database}, ${data.copy ? 'as a copy' : 'as the original'}, ${data.neutralise ? 'neutralised' : 'not neutralised'}.`,
      )
      const { source, notedSha256, close } = await openSource(dependencies, data.source)
      try {
        const archive = await openArchive(source, {
          password: await passwordFor(dependencies, data),
          notedSha256: await notedSha256(),
          isHashed: false,
          noteTemporary: temporaryFile => note({ temporaryFile }),
          signal,
        })
        await restoreSnapshot(cluster, archive.snapshot, {
          database: data.database,
          copy: data.copy,
          neutralise: data.neutralise,
          replace: data.replace,
          parts: data.parts === 'all' ? 'both' : data.parts,
          allowFunctions: data.trustCode,
          expected: archive.expected,
          onProgress: progress => run.progress(progress),
          journal: noteStep,
          signal,
        })
          .catch(async error => {
            // Where they cannot be put back now, the next attempt does, or whoever settles the job.
            await schedulesBack().catch(() => undefined)
            throw error
          })
          .finally(archive.close)
        return await finishRestore(dependencies, data)
      } finally {
        close()
        await removeTemporary(data.temporaryFile)
      }
    },
    { signal: run.signal, ifHeld: 'refuse' },
  )
}

/** The password given with the request, or else the one that the settings hold for the backup's own database. */
async function passwordFor(
  dependencies: JobDependencies,
  { handover, source }: RestoreJob,
): Promise<string | undefined> {
  if (handover !== undefined) return dependencies.handover.take(handover)
  if (source.kind === 'file') return undefined
  const origin = parseBackupName(source.backup)
  return origin === undefined ? undefined : dependencies.database(origin.database).encryptionPassword
}
