import type { BackupView, JobView } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import { formatBytes, formatTime } from '../../../wording/amounts.ts'
import { jobTitle, progressLine } from '../../../wording/job.ts'
import { alert, formToken } from './frame.ts'
import { type RestoreForm, restoreForm } from './restore-form.ts'

export interface BackupListPage {
  readonly formToken: string
  /** One page of them, newest first. */
  readonly backups: readonly BackupView[]
  readonly page: number
  readonly pages: number
  readonly total: number
  /** Databases that can be backed up by a click; empty while PostgreSQL does not answer. */
  readonly databases: readonly string[]
  readonly running: readonly JobView[]
  readonly form: RestoreForm
  /** Archives without `.info`, when they were asked for. */
  readonly lone: readonly BackupView[] | undefined
  readonly error?: string | undefined
  /** Why something on this page is missing. */
  readonly warnings: readonly string[]
}

export function backupListPage(view: BackupListPage): Html {
  return html`
    ${view.error === undefined ? '' : alert('danger', view.error)}
    ${view.warnings.map(warning => alert('warn', warning))}
    ${view.running.map(
      job =>
        html`<p class="card quiet"><a href="/web/database/backups/jobs/${encodeURIComponent(job.id)}">${jobTitle(job)}</a>: ${progressLine(job)}</p>`,
    )}
    ${view.total === 0 ? alert('quiet', 'There are no backups yet.') : table(view)}
    ${view.lone === undefined ? html`<p><a href="/web/database/backups?all=1">Show archives that are not complete</a></p>` : loneArchives(view.lone)}
    ${view.databases.length === 0 ? '' : backUpNow(view)}
    ${view.total === 0 ? '' : restoreForm(view.form, view.formToken)}
    <form method="post" action="/odoo_backup_sh/sign_out">${formToken(view.formToken)}<button type="submit" class="plain">Sign out</button></form>
    <p><a href="/web/database/manager">Back to the database manager</a></p>`
}

function table(view: BackupListPage): Html {
  return html`
    <div class="scroll"><table>
      <caption>${view.total} ${view.total === 1 ? 'backup' : 'backups'}</caption>
      <thead><tr><th scope="col">Backup</th><th scope="col">Made</th><th scope="col">Size</th><th scope="col">Restore</th></tr></thead>
      <tbody>${view.backups.map(backup => row(backup, view.page))}</tbody>
    </table></div>
    ${view.pages > 1 ? pager(view) : ''}`
}

function row(backup: BackupView, page: number): Html {
  const link = `/web/database/backups?${new URLSearchParams({ backup: backup.name, page: String(page) })}#restore`
  return html`<tr>
    <th scope="row">${backup.name}${backup.encrypted ? ' (encrypted)' : ''}${backup.pinned === true ? ' (pinned)' : ''}${backup.foreign === true ? ' (of another server)' : ''}${missing(backup)}</th>
    <td>${formatTime(backup.takenAt)}</td>
    <td>${formatBytes(backup.sizeBytes)}</td>
    <td><a href="${link}" aria-label="Restore ${backup.name}">Restore</a></td>
  </tr>`
}

function missing({ missingFiles = 0 }: BackupView): Html | '' {
  if (missingFiles === 0) return ''
  return html` <strong>(${missingFiles} ${missingFiles === 1 ? 'file was' : 'files were'} missing)</strong>`
}

function pager(view: BackupListPage): Html {
  return html`<nav aria-label="Pages">
    ${view.page > 1 ? html`<a rel="prev" href="/web/database/backups?page=${view.page - 1}">Newer</a>` : ''}
    Page ${view.page} of ${view.pages}
    ${view.page < view.pages ? html`<a rel="next" href="/web/database/backups?page=${view.page + 1}">Older</a>` : ''}
  </nav>`
}

function backUpNow(view: BackupListPage): Html {
  return html`
    <form method="post" action="/web/database/backups/start" class="card">
      <h2>Back up now</h2>
      ${formToken(view.formToken)}
      <label for="database">Database</label>
      <select id="database" name="database">${view.databases.map(name => html`<option>${name}</option>`)}</select>
      <button type="submit">Back up</button>
    </form>`
}

/** They may be halves of backups that are being made or were cut off: told, and never offered for a restore. */
function loneArchives(lone: readonly BackupView[]): Html {
  if (lone.length === 0) return alert('quiet', 'There are no archives without .info.')
  return html`
    <h2>Archives without .info, which may be halves</h2>
    <ul>${lone.map(backup => html`<li>${backup.name}, ${formatBytes(backup.sizeBytes)}</li>`)}</ul>`
}
