import type { BackupView, JobView } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import { formatMinute } from '../../../wording/amounts.ts'
import { alert, type Failure, failureAlert, formToken, toManager } from './frame.ts'
import { type RestoreForm, restoreForm } from './restore-form.ts'
import type { PageWords } from './words.ts'

export interface BackupListPage {
  readonly words: PageWords
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
  /** Why nothing was restored. */
  readonly refusal?: Failure | undefined
  /** Boxes that say why something on this page is missing. */
  readonly warnings: readonly Html[]
}

export function backupListPage(view: BackupListPage): Html {
  const { words, refusal } = view
  const form = view.total === 0 ? '' : restoreForm(view.form, view.formToken, words)
  // A refused form stands below its refusal, not under a long list.
  return html`
    ${refusal === undefined ? '' : html`${failureAlert(words, refusal, words.notRestored)}${form}`}
    ${view.warnings}
    ${view.running.map(
      job =>
        html`<p class="card quiet"><a href="/web/database/backups/jobs/${encodeURIComponent(job.id)}"><bdi>${words.jobTitle(job)}</bdi></a>: ${words.progressOf(job)}</p>`,
    )}
    ${view.databases.length === 0 ? '' : backUpNow(view)}
    ${view.total === 0 ? alert('quiet', words.noBackups) : table(view)}
    ${view.lone === undefined ? html`<p><a href="/web/database/backups?all=1">${words.showLone}</a></p>` : loneArchives(view.lone, words)}
    ${refusal === undefined ? form : ''}
    <p><a href="/odoo_backup_sh/">${words.toInterface}</a></p>
    ${toManager(words)}
    <form method="post" action="/odoo_backup_sh/sign_out" class="apart">${formToken(view.formToken)}<button type="submit" class="plain">${words.signOut}</button></form>`
}

function table(view: BackupListPage): Html {
  const { words } = view
  return html`
    <div class="table"><table class="cards named">
      <caption>${words.backups(view.total)}</caption>
      <thead><tr><th scope="col">${words.backup}</th><th scope="col">${words.made}</th><th scope="col" class="number">${words.size}</th><th scope="col">${words.restore}</th></tr></thead>
      <tbody>${view.backups.map(backup => row(backup, view.page, words))}</tbody>
    </table></div>
    ${view.pages > 1 ? pager(view) : ''}`
}

function row(backup: BackupView, page: number, words: PageWords): Html {
  const link = `/web/database/backups?${new URLSearchParams({ backup: backup.name, page: String(page) })}#restore`
  return html`<tr>
    <th scope="row" class="wide">${archiveName(backup.name)}${backup.encrypted ? words.encrypted : ''}${backup.pinned === true ? words.pinned : ''}${backup.foreign === true ? words.foreign : ''}${missing(backup, words)}</th>
    <td class="whole" data-label="${words.made}">${formatMinute(backup.takenAt)}</td>
    ${size(backup, words)}
    <td class="whole"><a href="${link}" aria-label="${words.restoreOne(backup.name)}">${words.restore}</a></td>
  </tr>`
}

function size({ sizeBytes }: BackupView, words: PageWords): Html {
  return html`<td class="whole number" data-label="${words.size}">${words.bytes(sizeBytes)}</td>`
}

const STAMP = /(\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)/

/** Its moment does not end one line and go on in the next, as it may at each hyphen. */
function archiveName(name: string): Html {
  const [before, stamp, ...after] = name.split(STAMP)
  if (stamp === undefined) return html`<bdi>${name}</bdi>`
  return html`<bdi>${before}<wbr><span class="whole">${stamp}</span>${after.join('')}</bdi>`
}

function missing({ missingFiles = 0 }: BackupView, words: PageWords): Html | '' {
  if (missingFiles === 0) return ''
  return html` <strong>${words.missing(missingFiles)}</strong>`
}

function pager(view: BackupListPage): Html {
  const { words } = view
  return html`<nav aria-label="${words.pages}">
    ${view.page > 1 ? html`<a rel="prev" href="/web/database/backups?page=${view.page - 1}">${words.newer}</a>` : ''}
    ${words.pageOf(view.page, view.pages)}
    ${view.page < view.pages ? html`<a rel="next" href="/web/database/backups?page=${view.page + 1}">${words.older}</a>` : ''}
  </nav>`
}

function backUpNow(view: BackupListPage): Html {
  const { words } = view
  return html`
    <form method="post" action="/web/database/backups/start" class="card">
      <h2>${words.backUpNow}</h2>
      ${formToken(view.formToken)}
      <label for="database">${words.database}</label>
      <select id="database" name="database">${view.databases.map(name => html`<option>${name}</option>`)}</select>
      <p class="actions"><button type="submit">${words.backUp}</button></p>
    </form>`
}

/** They may be halves of backups that are being made or were cut off: told, and never offered for a restore. */
function loneArchives(lone: readonly BackupView[], words: PageWords): Html {
  if (lone.length === 0) return alert('quiet', words.noLone)
  return html`
    <div class="table"><table class="cards named">
      <caption>${words.lone}</caption>
      <thead><tr><th scope="col">${words.file}</th><th scope="col" class="number">${words.size}</th></tr></thead>
      <tbody>${lone.map(backup => html`<tr><th scope="row" class="wide">${archiveName(backup.name)}</th>${size(backup, words)}</tr>`)}</tbody>
    </table></div>`
}
