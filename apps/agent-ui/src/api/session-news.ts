/** Word among parts of the page that the session ended, or began again. */
export type SessionNews = 'ended' | 'begun'

const board = new EventTarget()

export function tellSession(news: SessionNews): void {
  board.dispatchEvent(new Event(news))
}

/** Calls `listen` at each such news until the returned function is called. */
export function onSession(news: SessionNews, listen: () => void): () => void {
  board.addEventListener(news, listen)
  return () => board.removeEventListener(news, listen)
}
