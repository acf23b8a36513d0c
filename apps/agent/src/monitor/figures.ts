import { JobKind, type JobView } from '@odoo-backup/protocol'
import type { Metrics } from '@odoo-backup/service'
import { Counter, Gauge } from 'prom-client'
import { byDatabase } from '../overview/overview.ts'
import { newestUpTo } from '../overview/standing.ts'
import type { Facts } from './facts.ts'

export interface Figures {
  update(facts: Facts, standingNotices: number): void
}

/** What Prometheus is told of backups; ages are counted when it asks, so that they grow while nothing happens. */
export function createFigures(metrics: Metrics, clock: () => number): Figures {
  const registers = [metrics.registry]
  const perDatabase = { labelNames: ['database'] as const, registers }
  const good = new Map<string, number>()
  const verified = new Map<string, number>()
  const ages = (times: ReadonlyMap<string, number>) =>
    function collect(this: Gauge<'database'>) {
      this.reset()
      for (const [database, at] of times) this.set({ database }, (clock() - at) / 1000)
    }
  new Gauge({
    ...perDatabase,
    name: 'odoo_backup_last_backup_age_seconds',
    help: 'Time since the newest complete backup was begun.',
    collect: ages(good),
  })
  new Gauge({
    ...perDatabase,
    name: 'odoo_backup_last_verified_age_seconds',
    help: 'Time since a backup last passed a drill.',
    collect: ages(verified),
  })
  const size = new Gauge({
    ...perDatabase,
    name: 'odoo_backup_last_backup_bytes',
    help: 'Size of the newest complete backup.',
  })
  const count = new Gauge({
    ...perDatabase,
    name: 'odoo_backup_backups',
    help: 'Number of complete backups.',
  })
  const verifiedSize = new Gauge({
    ...perDatabase,
    name: 'odoo_backup_last_verified_bytes',
    help: 'Size of the backup that last passed a drill.',
  })
  const perKind = { labelNames: ['kind', 'database'] as const, registers }
  const duration = new Gauge({
    ...perKind,
    name: 'odoo_backup_last_job_duration_seconds',
    help: 'How long the last successful job took.',
  })
  const failures = new Counter({
    ...perKind,
    name: 'odoo_backup_failed_jobs_total',
    help: 'Jobs that failed while this agent ran.',
  })
  const notices = new Gauge({ name: 'odoo_backup_notices', help: 'Standing notices.', registers })
  const began = clock()
  let counted: ReadonlySet<string> | undefined

  function updateJobs(jobs: readonly JobView[]): void {
    for (const job of [...jobs].reverse()) {
      if (job.state !== 'completed' || job.startedAt === undefined || job.finishedAt === undefined) continue
      const seconds = (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000
      duration.set({ kind: job.kind, database: job.database }, seconds)
    }
    const failed = jobs.filter(job => job.state === 'failed')
    // What failed before this process began is not counted again after each restart.
    const isNew = ({ id, finishedAt }: JobView) =>
      counted === undefined ? finishedAt !== undefined && Date.parse(finishedAt) >= began : !counted.has(id)
    for (const job of failed) if (isNew(job)) failures.inc({ kind: job.kind, database: job.database })
    counted = new Set(failed.map(job => job.id))
  }

  /** A counter that is first seen at 1 has not risen, as Prometheus reckons: no alarm would go off. */
  function beginAtNone(databases: Iterable<string>): void {
    for (const database of databases) for (const kind of JobKind.options) failures.inc({ kind, database }, 0)
  }

  return {
    update(facts, standing) {
      notices.set(standing)
      beginAtNone((facts.settings ?? []).map(({ database }) => database))
      if (facts.jobs !== undefined) updateJobs(facts.jobs)
      for (const gauge of [size, count, verifiedSize]) gauge.reset()
      good.clear()
      verified.clear()
      for (const [database, own] of byDatabase(facts.backups)) {
        const last = newestUpTo(facts.now, own)
        count.set({ database }, own.length)
        if (last !== undefined) {
          good.set(database, Date.parse(last.takenAt))
          size.set({ database }, last.sizeBytes)
        }
        for (const backup of own) {
          const at = backup.verification?.passed === true ? Date.parse(backup.verification.at) : 0
          if (at <= (verified.get(database) ?? 0)) continue
          verified.set(database, at)
          verifiedSize.set({ database }, backup.sizeBytes)
        }
      }
    },
  }
}
