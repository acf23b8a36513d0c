import { type Html, type HtmlValue, html } from '@odoo-backup/service'

/** Where the lines of what stands on a page may end, so that none ends within what is to be read in one piece. */

/** A text whose lines may end at these places, rather than anywhere where it is too long. */
function endingAt(places: RegExp, text: string): Html {
  const [first = '', ...rest] = text.split(places)
  return html`${first}${rest.map(part => html`<wbr>${part}`)}`
}

/** What lines end within only where it is longer than one. */
function part(content: HtmlValue): Html {
  return html`<span class="part">${content}</span>`
}

/**
 * A web address, such as one that is to be checked before anything is approved: its lines end between its parts, at a
 * hyphen only where a part is longer than a line, and not between `https://` and what follows it.
 */
export function webAddress(address: string): Html {
  const [first = '', ...rest] = address.split(/(?<=[.:/])(?<!:\/\/)(?![/.:])/)
  const whole = (piece: string) => (piece.includes('-') ? part(piece) : piece)
  return html`${whole(first)}${rest.map(piece => html`<wbr>${whole(piece)}`)}`
}

/**
 * An e-mail address, or a name. The line of an address ends behind its @, and elsewhere only where what is before or
 * behind that is longer than a line; that of a name between its words, after a dot and at a hyphen.
 */
export function mailAddress(address: string): Html {
  const [, local, host] = /^([^\s@]+@)([^\s@]+)$/.exec(address) ?? []
  if (local === undefined || host === undefined) return endingAt(/(?<=[@.])/, address)
  return html`${part(endingAt(/(?<=\.)/, local))}<wbr>${part(endingAt(/(?<=\.)/, host))}`
}

/** Several of them. */
export function webAddresses(addresses: readonly string[]): Html {
  return html`${addresses.map((address, index) => html`${index > 0 && ', '}<bdi>${webAddress(address)}</bdi>`)}`
}

/** A name of parts between colons, such as an actor of the audit log or an address of IPv6. */
export function namedByColons(name: string): Html {
  return endingAt(/(?<=:)/, name)
}

/** A name of parts between dots, such as what happened. */
export function namedByDots(name: string): Html {
  return endingAt(/(?<=\.)/, name)
}

const DATE = /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}[\d:.]*(?:Z| UTC)?)?(?!\w)/
const WEB_ADDRESS = /https?:\/\/[^\s<>"(),;]+/
const APART = new RegExp(`(${WEB_ADDRESS.source}|${DATE.source})`)

/** A sentence whose dates do not end one line and go on in the next, as they may at each hyphen, nor its web addresses anywhere. */
export function sentence(text: string): Html {
  const told = (piece: string, index: number): HtmlValue => {
    if (index % 2 === 0) return piece
    return WEB_ADDRESS.test(piece) ? webAddress(piece) : html`<span class="whole">${piece}</span>`
  }
  return html`${text.split(APART).map(told)}`
}
