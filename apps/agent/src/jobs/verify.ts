import { formatInfoName, type ReadInfo, readInfo } from '@odoo-backup/backup-format'
import { type DrillResult, removeScratch, withDatabaseLock } from '@odoo-backup/odoo'
import type { Destination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { asWarning } from '../wording/warning.ts'
import type { JobDependencies, JobRun } from './context.ts'
import { drilling, sealedBytes, withCodeOfOurs } from './drilling.ts'
import { atPlaceHolding, atPlaceOf } from './find-place.ts'
import type { JobOutcome, VerifyJob } from './job-data.ts'
import { markerKey } from './markers.ts'
import { removeTemporary, storedArchive, unknownBackup } from './open-archive.ts'
import { refuseUnscheduled } from './refuse-unscheduled.ts'
import { lockNameOf } from './settle.ts'
import { type ListedBackup, listBackups } from './stored-backups.ts'

/**
 * A restore drill: the backup is restored into a hidden scratch database, compared with what was counted when it was
 * made, neutralised, and dropped. The result stands beside the backup, whatever is wrong with it.
 */
export async function runVerify(given: JobDependencies, run: JobRun<VerifyJob>): Promise<JobOutcome> {
  let data = run.data
  const dependencies =
    data.backup === undefined
      ? atPlaceOf(given, data.database)
      : await atPlaceHolding(given, 'restore', data.backup)
  const cluster = await dependencies.cluster()
  const note = async (change: Partial<VerifyJob>) => {
    data = { ...data, ...change }
    await run.note(data)
  }
  run.progress({ phase: 'waiting', doneBytes: 0 })
  return withDatabaseLock(
    cluster,
    lockNameOf(data),
    async lock => {
      const signal = AbortSignal.any([run.signal, lock])
      data = await run.current()
      await removeTemporary(data.temporaryFile)
      if (data.scratch !== undefined) await removeScratch(cluster, { database: data.scratch })
      await refuseUnscheduled(dependencies, data)
      const destination = await dependencies.openDestination('restore')
      try {
        await mustBeAbleToSay(dependencies)
        const backup = await chosen(dependencies, destination, data)
        await note({ backup: backup.name })
        run.log(`Restoring ${backup.name} into a hidden database, to try it.`)
        const info = await infoOf(destination, backup)
        const drill = drilling(run, {
          cluster,
          source: await storedArchive(destination.storage, backup.archive.key, backup.name),
          password: await passwordFor(dependencies, data, backup),
          notedSha256: info.facts.get('checksums')?.get('sha256'),
          expected: expectedOf(info),
          note,
          signal,
        })
        const result = await withCodeOfOurs(drill, {
          trusted: data.trustCode,
          sealed: () => sealedBytes(dependencies.seal, backup, info),
        })
        await writeResult(dependencies, backup, result)
        return outcomeOf(backup, result)
      } finally {
        destination.close()
        await removeTemporary(data.temporaryFile)
      }
    },
    { signal: run.signal, ifHeld: 'refuse' },
  )
}

async function chosen(
  dependencies: JobDependencies,
  destination: Destination,
  { backup, database }: VerifyJob,
): Promise<ListedBackup> {
  const { backups } = await listBackups(destination)
  if (backup !== undefined) {
    const found = backups.find(({ name }) => name === backup)
    if (found === undefined) throw unknownBackup(backup)
    return found
  }
  const instanceId = dependencies.instanceId()
  const latest = backups.find(
    found => found.database === database && found.markers.owners.includes(instanceId),
  )
  if (latest === undefined) {
    throw new AgentError('backup_unknown', `There is no backup of ${database} yet that could be verified.`)
  }
  return latest
}

async function passwordFor(
  dependencies: JobDependencies,
  { handover }: VerifyJob,
  { database, encrypted }: ListedBackup,
): Promise<string | undefined> {
  if (!encrypted) return undefined
  return handover === undefined
    ? dependencies.database(database).encryptionPassword
    : dependencies.handover.take(handover)
}

async function infoOf({ storage, prefix }: Destination, backup: ListedBackup): Promise<ReadInfo> {
  const chunks: Buffer[] = []
  for await (const chunk of await storage.get(prefix + formatInfoName(backup)))
    chunks.push(Buffer.from(chunk))
  return readInfo(Buffer.concat(chunks))
}

/** Backups of the former module, and of others, say nothing of this; then there is less to compare. */
function expectedOf({ facts }: ReadInfo) {
  const rows = facts.get('rows')
  const missing = [...(facts.get('missing_files') ?? [])].filter(([key]) => key.startsWith('file_'))
  return {
    missingFiles: missing.map(([, file]) => file),
    ...(rows === undefined
      ? {}
      : { rowCounts: new Map([...rows].map(([table, count]) => [table, Number(count)])) }),
    ...(facts.has('sequences') ? { sequences: facts.get('sequences') ?? new Map<string, string>() } : {}),
  }
}

/** Who may not store the result is told so before the work, not after. */
async function mustBeAbleToSay({ openDestination }: JobDependencies): Promise<void> {
  const destination = await openDestination('backup')
  destination.close()
}

async function writeResult(
  { openDestination, now }: JobDependencies,
  { name }: ListedBackup,
  { needsWord: _, ...result }: DrillResult,
): Promise<void> {
  const destination = await openDestination('backup')
  try {
    const key = markerKey(destination.prefix, result.passed ? 'verified' : 'failed', name)
    const text = JSON.stringify({
      at: now().toISOString(),
      ...result,
      warnings: result.warnings.map(asWarning),
    })
    await destination.storage.put(key, Buffer.from(text), { contentType: 'application/json' })
  } finally {
    destination.close()
  }
}

function outcomeOf({ name }: ListedBackup, result: DrillResult): JobOutcome {
  if (!result.passed) {
    throw new AgentError('backup_damaged', `${name} did not pass: ${result.faults.join(' ')}`)
  }
  return { backup: name, warnings: [...result.warnings] }
}
