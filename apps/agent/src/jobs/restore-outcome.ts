import { rm } from 'node:fs/promises'
import type { RestoreJournal } from '@odoo-backup/odoo'
import type { WarningText } from '@odoo-backup/protocol'
import type { JobDependencies } from './context.ts'
import type { JobOutcome, RestoreJob } from './job-data.ts'

/**
 * What a restore that stands leaves: all of it comes from the journal, so that a run that only finds the work of an
 * earlier one finished tells the same. The backups of whatever had the name before do not go on by themselves.
 */
export async function finishRestore(
  { schedules }: Pick<JobDependencies, 'schedules'>,
  data: RestoreJob,
): Promise<JobOutcome> {
  const { database, journal, parts, schedulesOff = false, source } = data
  const { found, replacedDatabase } = journal ?? {}
  if (source.kind === 'file' && source.removeAfter === true) await rm(source.path, { force: true })
  const neutralised = found?.neutralised
  // Once more, where somebody switched them on while it was being published.
  const switchedOff = endsSchedules(data) && ((await schedules.off(database)) || schedulesOff)
  return {
    warnings: [
      ...(found?.warnings ?? []),
      ...(parts === 'all' && journal?.filestore === undefined
        ? [{ code: 'dump_without_files' as const, database }]
        : []),
      ...(replacedDatabase === undefined
        ? []
        : [{ code: 'replaced_kept' as const, keptAs: replacedDatabase }]),
      ...(parts === 'filestore' ? [] : aboutModules(found?.missingModules)),
      ...(switchedOff ? [{ code: 'schedules_off' as const, database }] : []),
      { code: 'not_in_backups' },
    ],
    ...(neutralised === undefined ? {} : { neutralised }),
    ...(source.kind === 'stored' ? { backup: source.backup } : {}),
  }
}

/**
 * Whether the backups of what had the name before come to rest: also of one that was replaced, since rotation would
 * count those of the restored database as its own. Files that come back alone leave database and backups as they are.
 */
export function endsSchedules({
  journal,
  keepSchedules,
}: Pick<RestoreJob, 'keepSchedules'> & {
  readonly journal?: Pick<RestoreJournal, 'temporaryDatabase'> | undefined
}): boolean {
  return journal?.temporaryDatabase !== undefined && !keepSchedules
}

/** Behind a restore that was undone: the schedules of what had the name before are as they were. */
export async function undoOutcome(
  { schedules }: Pick<JobDependencies, 'schedules'>,
  { database, schedulesOff }: RestoreJob,
): Promise<void> {
  if (schedulesOff === true) await schedules.on(database)
}

function aboutModules(missing: readonly string[] | undefined): WarningText[] {
  if (missing === undefined) return [{ code: 'modules_unknown' }]
  return missing.length === 0 ? [] : [{ code: 'modules_lacking', modules: [...missing] }]
}

/** As job data holds it. */
export function copyOf({ found, ...journal }: RestoreJournal): NonNullable<RestoreJob['journal']> {
  if (found === undefined) return journal
  const { missingModules, ...rest } = found
  return {
    ...journal,
    found: {
      ...rest,
      warnings: [...found.warnings],
      ...(missingModules === undefined ? {} : { missingModules: [...missingModules] }),
    },
  }
}
