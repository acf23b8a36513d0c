import type { JobView } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import { isOver, progressLine } from '../../../wording/job.ts'
import { neutralisedLines } from '../../../wording/neutralised.ts'
import { alert, formToken } from './frame.ts'

/** One job, for the reader without JavaScript: the answer carries a `Refresh` header while it runs. */
export function jobPage(job: JobView, token: string): Html {
  return html`
    ${state(job)}
    ${job.warnings.map(warning => alert('warn', warning))}
    ${job.neutralised === undefined ? '' : neutralisedLines(job.neutralised).map(line => html`<p>${line}</p>`)}
    ${isOver(job) ? '' : running(job, token)}
    <p><a href="/web/database/backups">Back to the backups</a></p>`
}

function state(job: JobView): Html {
  switch (job.state) {
    case 'completed':
      return html`${alert('good', 'Done.')}
        ${job.kind === 'restore' ? html`<p><a class="button" href="/web/database/manager">Open the database manager</a></p>` : ''}`
    case 'failed':
      return alert('danger', job.failure?.message ?? 'It failed.')
    case 'cancelled':
      return alert('warn', 'It was cancelled. Nothing was changed.')
    default:
      return alert('quiet', progressLine(job))
  }
}

function running(job: JobView, token: string): Html {
  return html`
    <progress ${job.progress?.percent === undefined ? '' : html`value="${Math.floor(job.progress.percent)}"`} max="100" aria-label="Progress"></progress>
    <p>You may leave this page: the work goes on.</p>
    <form method="post" action="/web/database/backups/jobs/${encodeURIComponent(job.id)}/cancel">
      ${formToken(token)}<button type="submit" class="danger">Cancel</button>
    </form>`
}
