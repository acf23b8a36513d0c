const board = new EventTarget()

/** Word that something was asked for and nobody knows whether it was done: what is shown may be out of date. */
export function tellUnknownOutcome(): void {
  board.dispatchEvent(new Event('unknown'))
}

/** Calls `listen` at each such word until the returned function is called. */
export function onUnknownOutcome(listen: () => void): () => void {
  board.addEventListener('unknown', listen)
  return () => board.removeEventListener('unknown', listen)
}
