/** What this browser remembers of its reader's choices; where it is told to remember nothing, all works without. */
export function recall(key: string): string | undefined {
  try {
    return window.localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

export function remember(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value)
  } catch {
    // Kept until the page is left.
  }
}
