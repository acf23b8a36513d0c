/** A form of a page, as a browser would send it: where to, and with which fields. */
export interface Form {
  readonly action: string
  readonly fields: readonly (readonly [string, string])[]
}

export interface Page {
  readonly status: number
  /** Where the browser ended, with the fragment if the last redirect had one. */
  readonly url: URL
  readonly text: string
}

const MOST_REDIRECTS = 10

/**
 * As much of a browser as walking through a log-in takes: cookies per origin, redirects, links and forms. Scripts
 * do not run; what they would do is done by the caller.
 */
export class HttpBrowser {
  readonly #cookies = new Map<string, Map<string, string>>()

  open(url: string | URL): Promise<Page> {
    return this.#follow(new URL(url), undefined)
  }

  /** Sends a form of `page`, with the given values in the place of its own. */
  submit(page: Page, form: Form, values: Readonly<Record<string, string>> = {}): Promise<Page> {
    const fields = form.fields.filter(([name]) => !(name in values))
    const body = new URLSearchParams()
    for (const [name, value] of [...fields, ...Object.entries(values)]) body.append(name, value)
    return this.#follow(new URL(form.action, page.url), body, page.url)
  }

  async #follow(start: URL, form: URLSearchParams | undefined, from?: URL): Promise<Page> {
    let url = start
    let body = form
    let previous = from
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const origin = body === undefined ? {} : { origin: (previous ?? url).origin }
      const headers = { cookie: this.#cookieHeader(url), accept: 'text/html', ...origin }
      const answer = await fetch(url, {
        redirect: 'manual',
        headers,
        ...(body === undefined ? {} : { method: 'POST', body }),
      })
      this.#keepCookies(url, answer.headers.getSetCookie())
      const location = answer.headers.get('location')
      if (location === null || answer.status < 300 || answer.status > 399)
        return { status: answer.status, url, text: await answer.text() }
      await answer.body?.cancel()
      previous = url
      url = new URL(location, url)
      body = undefined
    }
    throw new Error(`More than ${MOST_REDIRECTS} redirects from ${start.origin}.`)
  }

  #cookieHeader(url: URL): string {
    const jar = this.#cookies.get(url.origin) ?? new Map<string, string>()
    return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keepCookies(url: URL, lines: readonly string[]): void {
    const jar = this.#cookies.get(url.origin) ?? new Map<string, string>()
    this.#cookies.set(url.origin, jar)
    for (const line of lines) {
      const [pair = ''] = line.split(';')
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      if (/;\s*(max-age=0|expires=Thu, 01 Jan 1970)/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
  }
}

/** The first form of a page whose action holds the text; hidden, filled and ticked inputs are its fields. */
export function formOf(page: Page, action: string): Form {
  for (const [, head = '', content = ''] of page.text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
    const target = attribute(head, 'action') ?? ''
    if (!target.includes(action)) continue
    const fields = [...content.matchAll(/<input\b([^>]*)>/g)].flatMap(([, input = '']) => {
      const name = attribute(input, 'name')
      const optional = /type="(checkbox|radio)"/.test(input) && !/\bchecked\b/.test(input)
      return name === undefined || optional ? [] : [[name, attribute(input, 'value') ?? ''] as const]
    })
    return { action: target, fields }
  }
  throw new Error(`There is no form for ${action} on ${page.url.pathname}: ${plain(page)}`)
}

/** The target of the first link whose text or target holds the words. */
export function linkOf(page: Page, words: string): URL {
  for (const [, head = '', text = ''] of page.text.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)) {
    const target = attribute(head, 'href')
    if (target !== undefined && (text.includes(words) || head.includes(words)))
      return new URL(target, page.url)
  }
  throw new Error(`There is no link "${words}" on ${page.url.pathname}: ${plain(page)}`)
}

/** What a reader sees of a page, in one line. */
export function plain(page: Page): string {
  const body = page.text.replace(/<(script|style|head)\b[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ')
  return decodeEntities(body).replace(/\s+/g, ' ').trim().slice(0, 400)
}

function attribute(head: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(head)?.[1]
  return value === undefined ? undefined : decodeEntities(value)
}

function decodeEntities(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-f]+);/gi, (_all, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
