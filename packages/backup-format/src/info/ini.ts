export type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * Reads INI text as Python's ConfigParser does (keys without regard to case, `=` or `:`, whole-line comments,
 * indented lines continue a value), but never fails: what makes no sense is passed over, and of two equal keys
 * the first counts.
 */
export function readIni(text: string): Sections {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  let key: string | undefined
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue
    const header = /^\[([^\]]+)\]/.exec(line)?.[1]
    if (header !== undefined) {
      section = sections.get(header) ?? new Map()
      sections.set(header, section)
      key = undefined
    } else if (/^\s/.test(line) && section !== undefined && key !== undefined) {
      section.set(key, `${section.get(key) ?? ''}\n${line.trim()}`)
    } else {
      key = readOption(line, section)
    }
  }
  return sections
}

function readOption(line: string, section: Map<string, string> | undefined): string | undefined {
  const at = line.search(/[=:]/)
  if (section === undefined || at < 1) return undefined
  const key = line.slice(0, at).trim().toLowerCase()
  if (key === '' || section.has(key)) return undefined
  section.set(key, line.slice(at + 1).trim())
  return key
}

/** Writes sections so that ConfigParser reads them; keys and values must be fit for a line, see `escape`. */
export function writeIni(sections: Iterable<readonly [string, Iterable<readonly [string, string]>]>): string {
  let text = ''
  for (const [name, options] of sections) {
    text += `${text === '' ? '' : '\n'}[${name}]\n`
    for (const [key, value] of options) text += `${key} = ${value.replace(/\r\n|\r|\n/g, '\n\t')}\n`
  }
  return text
}

/** Percent-encodes what an INI value cannot hold: control characters and spaces at its ends. */
export function escapeValue(value: string): string {
  return value.replace(/[%\p{Cc}\u2028\u2029]|^\s+|\s+$/gu, found => percentEncode(found, /[^\s\S]/))
}

/** The same for a key, which ConfigParser reads without regard to case: only `a-z 0-9 _ . -` stay as they are. */
export function escapeKey(key: string): string {
  return percentEncode(key, /[a-z0-9_.-]/)
}

function percentEncode(text: string, stays: RegExp): string {
  return Array.from(Buffer.from(text), byte => {
    const character = String.fromCharCode(byte)
    return stays.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
  }).join('')
}

/** The reverse of both; what is no valid encoding stays as it is. */
export function decodeEscapes(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
