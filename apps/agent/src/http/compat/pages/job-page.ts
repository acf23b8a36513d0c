import type { JobView } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import { isOver } from '../../../wording/job.ts'
import { alert, failureAlert, formToken, warningWords } from './frame.ts'
import type { PageWords } from './words.ts'

/** One job, for the reader without JavaScript: the answer carries a `Refresh` header while it runs. */
export function jobPage(job: JobView, token: string, words: PageWords): Html {
  return html`
    ${state(job, words)}
    ${job.warnings.map(warning => alert('warn', warningWords(words, warning)))}
    ${job.neutralised === undefined ? '' : words.neutralised(job.neutralised).map(line => html`<p>${line}</p>`)}
    ${isOver(job) ? '' : running(job, token, words)}
    <p><a href="/web/database/backups">${words.toBackups}</a></p>`
}

function state(job: JobView, words: PageWords): Html {
  switch (job.state) {
    case 'completed':
      return html`${alert('good', words.done)}
        ${job.kind === 'restore' ? html`<p><a class="button" href="/web/database/manager">${words.openManager}</a></p>` : ''}`
    case 'failed':
      return job.failure === undefined ? alert('danger', words.itFailed) : failureAlert(words, job.failure)
    case 'cancelled':
      return alert('warn', words.wasCancelled(job))
    case 'skipped':
      return alert('quiet', words.wasSkipped)
    default:
      return alert('quiet', atHead(words.progressOf(job), words))
  }
}

/** As a line begins. */
function atHead(text: string, { language }: PageWords): string {
  return text.slice(0, 1).toLocaleUpperCase(language) + text.slice(1)
}

function running(job: JobView, token: string, words: PageWords): Html {
  return html`
    <progress ${job.state !== 'active' || job.progress?.percent === undefined ? '' : html`value="${Math.floor(job.progress.percent)}"`} max="100" aria-label="${words.progress}"></progress>
    <p>${words.mayLeave}</p>
    <form method="post" action="/web/database/backups/jobs/${encodeURIComponent(job.id)}/cancel">
      ${formToken(token)}<button type="submit" class="danger">${words.cancel}</button>
    </form>
    ${job.triesAgainAt === undefined ? '' : nextTry(job, token, words)}`
}

function nextTry(job: JobView, token: string, words: PageWords): Html {
  return html`
    <form method="post" action="/web/database/backups/jobs/${encodeURIComponent(job.id)}/try-again">
      ${formToken(token)}<button type="submit">${words.tryNow}</button>
    </form>`
}
