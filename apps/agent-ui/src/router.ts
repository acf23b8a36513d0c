import { useEffect, useState } from 'preact/hooks'

/** Where the reader is. Kept behind `#`, so that the pages need nothing of the server that hands them out. */
export interface Place {
  readonly page: string
  /** What stands after the page, decoded, such as the name of a backup. */
  readonly subject: string | undefined
  readonly query: URLSearchParams
}

/** Reads `#/page/subject?query`; anything odd leads to the dashboard. */
export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2)
  const [page = '', ...rest] = path.split('/')
  return {
    page: page === '' ? 'dashboard' : page,
    subject: decode(rest.join('/')),
    query: new URLSearchParams(query),
  }
}

function decode(text: string): string | undefined {
  if (text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The address of a place, for links. */
export function placeLink(
  page: string,
  subject?: string,
  query: Readonly<Record<string, string>> = {},
): string {
  const search = new URLSearchParams(query).toString()
  const path = subject === undefined ? page : `${page}/${encodeURIComponent(subject)}`
  return `#/${path}${search === '' ? '' : `?${search}`}`
}

export function goTo(page: string, subject?: string, query?: Readonly<Record<string, string>>): void {
  window.location.hash = placeLink(page, subject, query)
}

/** The current place; re-renders when it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(() => parsePlace(window.location.hash))
  useEffect(() => {
    const follow = () => setPlace(parsePlace(window.location.hash))
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [])
  return place
}
