import { type Html, html } from '@odoo-backup/service'
import type { PageWords } from './words.ts'

/** A sentence in a box, as Odoo's database manager shows them. */
export function alert(kind: 'danger' | 'warn' | 'quiet' | 'good', body: Html | string): Html {
  return html`<p class="card ${kind}" role="${kind === 'danger' ? 'alert' : 'status'}">${body}</p>`
}

/** What the agent says in English, marked as such below a sentence of the reader's language. */
export function english(words: PageWords, text: string): Html {
  return words.language === 'en' ? html`${text}` : html`${words.failed} ${marked(words, text)}`
}

/** The same without a sentence before it. */
export function marked(words: PageWords, text: string): Html {
  return words.language === 'en' ? html`${text}` : html`<span lang="en">${text}</span>`
}

/** What is shown of a failure at once. */
const SHORT = 400

/** A failure as the agent tells it; a long one is folded, so that an error of ten thousand lines buries nothing. */
export function failureAlert(words: PageWords, message: string): Html {
  if (message.length <= SHORT) return alert('danger', english(words, message))
  return html`${alert('danger', english(words, `${message.slice(0, SHORT)} …`))}
    <details><summary>${words.details}</summary><pre lang="en">${message}</pre></details>`
}

/** A link that leaves for another site; anything but http and https is shown as text alone. */
export function outwardLink(address: string, text: string): Html {
  const safe = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
  return safe
    ? html`<a class="button" href="${address}" rel="noreferrer">${text}</a>`
    : html`<code>${address}</code>`
}

/** The hidden field without which a form of a signed-in page is refused. */
export function formToken(token: string): Html {
  return html`<input type="hidden" name="csrf_token" value="${token}">`
}
