import { type FailureView, othersWords, type Warning } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import type { AgentFieldFault } from '../../../errors.ts'
import { withBoundUnits } from './units.ts'
import type { PageWords } from './words.ts'

/** A sentence in a box, as Odoo's database manager shows them. */
export function alert(kind: 'danger' | 'warn' | 'quiet' | 'good', body: Html | string): Html {
  return html`<p class="card ${kind}" role="${kind === 'danger' ? 'alert' : 'status'}">${body}</p>`
}

/** The same with something to be done about it, which stands below as a button of its own. */
export function alertWithWay(kind: 'warn', body: Html, way: Html): Html {
  return html`<div class="card ${kind}" role="status"><p>${body}</p><p>${way}</p></div>`
}

/** A failure as a page tells it. */
export interface Failure extends FailureView {
  /** Which fields of a form it is about. */
  readonly fields?: readonly AgentFieldFault[]
}

/** A text whose lines end after an underscore in the name of a setting that none holds, and never before a unit. */
export function brokenWell(text: string): Html {
  const [first = '', ...rest] = withBoundUnits(text).split(/(?<=\bodoo_(?:[a-z0-9]+_)*)(?=[a-z0-9])/)
  return html`${first}${rest.map(part => html`<wbr>${part}`)}`
}

/** What the agent says in English, marked as such where that is not the reader's language. */
export function marked(words: PageWords, text: string): Html {
  const said = brokenWell(text)
  return words.language === 'en' ? said : html`<span lang="en">${said}</span>`
}

/** The same below what our own words say in another language: lines of their own, and smaller. */
function below(text: string): Html {
  return html`<small lang="en">${brokenWell(text)}</small>`
}

/** What is shown of a failure at once. */
const SHORT = 400

/**
 * A failure in the reader's language as far as its code is known, then the agent's own words, where they say more.
 * @param most how much of these is shown
 */
export function failureWords(words: PageWords, { code, message, fields = [] }: Failure, most = SHORT): Html {
  const ofFields = fields.map(({ path }) => words.ofField(path))
  const own = ofFields.filter(text => text !== '').join(' ') || words.ofCode(code)
  const said = message.length > most ? `${message.slice(0, most)} …` : message
  if (own === '')
    return words.language === 'en' ? marked(words, said) : html`${words.agentSays} ${marked(words, said)}`
  // Of a field without words here only the agent's sentence tells.
  const fieldsSayAll = ofFields.length > 0 && ofFields.every(text => text !== '')
  if (fieldsSayAll || words.saysAll(code)) return brokenWell(own)
  return html`${brokenWell(own)} ${below(said)}`
}

/**
 * A failure in a box; a long one is folded, so that an error of ten thousand lines buries nothing.
 * @param lead a sentence before it
 */
export function failureAlert(words: PageWords, failure: Failure, lead = ''): Html {
  const { message } = failure
  const box = alert('danger', html`${lead === '' ? '' : `${lead} `}${failureWords(words, failure)}`)
  if (message.length <= SHORT) return box
  return html`${box}<details><summary>${words.details}</summary><pre lang="en">${message}</pre></details>`
}

/** A warning in the reader's language, then the words of others that it holds. */
export function warningWords(words: PageWords, { message, text }: Warning): Html {
  const own = words.ofWarning(text)
  const others = othersWords(text)
  if (own === '') return marked(words, message)
  const sentence = brokenWell(own)
  return others === undefined ? sentence : html`${sentence} ${below(others)}`
}

/** A link that leaves for another site; anything but http and https is shown as text alone. */
export function outwardLink(address: string, text: string): Html {
  const safe = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
  return safe
    ? html`<a class="button" href="${address}" rel="noreferrer">${text}</a>`
    : html`<code>${address}</code>`
}

/** The way back to where Odoo's database manager is. */
export function toManager(words: PageWords): Html {
  return html`<p><a href="/web/database/manager">${words.toManager}</a></p>`
}

/** The hidden field without which a form of a signed-in page is refused. */
export function formToken(token: string): Html {
  return html`<input type="hidden" name="csrf_token" value="${token}">`
}
