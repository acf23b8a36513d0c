const BEFORE_A_UNIT = /(?<=\d) (?=(?:bytes|kB|MB|GB|TB|%|h|min|s)(?!\p{L}))/giu

/**
 * A text in which no line ends between a number and its unit. The same words on a terminal keep plain spaces, by which
 * they are searched there.
 */
export function withBoundUnits(text: string): string {
  return text.replaceAll(BEFORE_A_UNIT, '\u00a0')
}
