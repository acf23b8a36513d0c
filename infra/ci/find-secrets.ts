const STEM_BYTES = 4
const SLOTS = 1 << 22

interface Spelling {
  readonly bytes: Buffer
  readonly kind: string
}

/**
 * A search for many texts at once, in one pass over each log: a run has some ten thousand secrets.
 *
 * @param secrets the kind of each; at least four bytes long
 * @returns the kinds of those that a log holds, plain, as JSON spells them, or encoded for a URL
 */
export function createSecretSearch(secrets: ReadonlyMap<string, string>): (log: Buffer) => Set<string> {
  const byStem = new Map<number, Spelling[]>()
  // Nearly every place in a log is ruled out here, without a look into the map.
  const mayBegin = new Uint8Array(SLOTS)
  for (const [secret, kind] of secrets)
    for (const spelling of new Set([
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
    ])) {
      const bytes = Buffer.from(spelling)
      const stem = bytes.readUInt32BE()
      byStem.set(stem, [...(byStem.get(stem) ?? []), { bytes, kind }])
      mayBegin[slotOf(stem)] = 1
    }

  return log => {
    const found = new Set<string>()
    let stem = 0
    for (let end = 0; end < log.length; end += 1) {
      stem = ((stem << 8) | (log[end] ?? 0)) >>> 0
      if (mayBegin[slotOf(stem)] === 0) continue
      const start = end + 1 - STEM_BYTES
      for (const { bytes, kind } of byStem.get(stem) ?? [])
        if (start >= 0 && log.subarray(start, start + bytes.length).equals(bytes)) found.add(kind)
    }
    return found
  }
}

/** Multiplicative hashing (Knuth, The Art of Computer Programming, volume 3, 6.4). */
function slotOf(stem: number): number {
  return Math.imul(stem, 0x9e3779b1) >>> 10
}
