/**
 * An INI file as a list of lines, so that one value can be changed and every other byte stays: comments, order,
 * blank lines, line ends. Syntax of Python's RawConfigParser, which Odoo uses, but stricter: a blank line ends a value,
 * nothing may follow a header, the first key is not indented. `[section]`, `key = value`
 * or `key: value`, keys in any case, whole-line comments with `#` or `;`, continuation lines by indentation.
 */
export interface IniDocument {
  readonly lines: readonly IniLine[]
}

export interface IniLine {
  /** Without its line end. */
  readonly text: string
  readonly end: '' | '\n' | '\r\n' | '\r'
}

/** A key with its value; `first` to `last` are its lines in the document, continuation lines included. */
export interface IniEntry {
  readonly section: string
  /** In lower case. */
  readonly key: string
  readonly value: string
  readonly first: number
  readonly last: number
}

const HEADER = /^\[(.+)\]\s*$/
const ENTRY = /^([^=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/
const COMMENT_OR_BLANK = /^\s*(?:[#;].*)?$/

export function parseIni(text: string): IniDocument {
  const lines: IniLine[] = []
  for (const [, content = '', end = ''] of text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)) {
    if (content === '' && end === '') continue
    if (end === '\r\n' || end === '\n' || end === '\r' || end === '') lines.push({ text: content, end })
  }
  return { lines }
}

export function formatIni(document: IniDocument): string {
  return document.lines.map(line => line.text + line.end).join('')
}

/** Every entry in the order of the file; a key that stands twice is there twice. */
export function entriesOf(document: IniDocument): IniEntry[] {
  const entries: IniEntry[] = []
  let section: string | undefined
  for (let index = 0; index < document.lines.length; index++) {
    const text = lineText(document, index)
    if (COMMENT_OR_BLANK.test(text)) continue
    const header = HEADER.exec(text)
    if (header !== null) {
      section = header[1]
      continue
    }
    const entry = ENTRY.exec(text)
    if (section === undefined || entry === null || /^\s/.test(text)) continue
    const { value, last } = continued(document, index, entry[2] ?? '')
    entries.push({ section, key: (entry[1] ?? '').toLowerCase(), value, first: index, last })
    index = last
  }
  return entries
}

function continued(document: IniDocument, first: number, start: string): { value: string; last: number } {
  const parts = [start]
  let last = first
  for (let index = first + 1; index < document.lines.length; index++) {
    const text = lineText(document, index)
    if (!/^\s+\S/.test(text) || COMMENT_OR_BLANK.test(text)) break
    parts.push(text.trim())
    last = index
  }
  return { value: parts.join('\n'), last }
}

/** Lines that are neither header, entry, continuation, comment nor blank; numbered from 1. */
export function strayLines(document: IniDocument): number[] {
  const known = new Set<number>()
  for (const entry of entriesOf(document)) {
    for (let line = entry.first; line <= entry.last; line++) known.add(line)
  }
  return document.lines.flatMap((line, index) =>
    known.has(index) || COMMENT_OR_BLANK.test(line.text) || HEADER.test(line.text) ? [] : [index + 1],
  )
}

export function sectionsOf(document: IniDocument): string[] {
  const names = document.lines.flatMap(line => HEADER.exec(line.text)?.[1] ?? [])
  return [...new Set(names)]
}

export function valueIn(document: IniDocument, section: string, key: string): string | undefined {
  return entriesOf(document).find(entry => entry.section === section && entry.key === key)?.value
}

/** A value that would read back as another one: the syntax has no quotes. Holds the key, never the value. */
export class IniValueError extends Error {
  override readonly name = 'IniValueError'
  readonly key: string

  constructor(key: string) {
    super(
      `${key} cannot hold this value: it may not begin or end with a space, and no line of it may be empty or begin with #, ; or a space. Choose another one, or write it into a file of mode 0600 and name that file as ${key}_file.`,
    )
    this.key = key
  }
}

/**
 * The document with one value changed, added at the end of its section, or (`undefined`) removed. Throws
 * `IniValueError` unless the value reads back exactly as it was given.
 */
export function withValue(
  document: IniDocument,
  section: string,
  key: string,
  value: string | undefined,
): IniDocument {
  const changed = withWritten(document, section, key, value)
  const isText = value === undefined || Buffer.from(value).toString() === value
  if (!isText || valueIn(changed, section, key) !== value) throw new IniValueError(key)
  return changed
}

function withWritten(
  document: IniDocument,
  section: string,
  key: string,
  value: string | undefined,
): IniDocument {
  const entry = entriesOf(document).find(found => found.section === section && found.key === key)
  if (value === undefined) {
    return entry === undefined ? document : spliced(document, entry.first, entry.last + 1, [])
  }
  if (entry?.value === value) return document
  const written = `${entry === undefined ? key : keyAsWritten(document, entry)} = ${indented(value)}`
  if (entry !== undefined) return spliced(document, entry.first, entry.last + 1, [written])
  const at = endOfSection(document, section)
  return at === undefined
    ? spliced(document, document.lines.length, document.lines.length, [
        ...(document.lines.length > 0 && lineText(document, document.lines.length - 1) !== '' ? [''] : []),
        `[${section}]`,
        written,
      ])
    : spliced(document, at, at, [written])
}

export function withoutSection(document: IniDocument, section: string): IniDocument {
  const start = document.lines.findIndex(line => HEADER.exec(line.text)?.[1] === section)
  if (start < 0) return document
  const next = document.lines.findIndex((line, index) => index > start && HEADER.test(line.text))
  return spliced(document, start, next < 0 ? document.lines.length : next, [])
}

function keyAsWritten(document: IniDocument, entry: IniEntry): string {
  return ENTRY.exec(lineText(document, entry.first))?.[1] ?? entry.key
}

function indented(value: string): string {
  return value.split(/\r\n|\r|\n/).join('\n\t')
}

/** The line after the last entry of a section (its blank lines and comments before the next header stay below). */
function endOfSection(document: IniDocument, section: string): number | undefined {
  const start = document.lines.findIndex(line => HEADER.exec(line.text)?.[1] === section)
  if (start < 0) return undefined
  const entries = entriesOf(document).filter(entry => entry.section === section)
  return Math.max(start, ...entries.map(entry => entry.last)) + 1
}

function spliced(document: IniDocument, from: number, to: number, texts: readonly string[]): IniDocument {
  const end = document.lines.find(line => line.end !== '')?.end ?? '\n'
  const before = document.lines.slice(0, from).map(line => (line.end === '' ? { ...line, end } : line))
  const added = texts.flatMap(text => text.split('\n')).map(text => ({ text, end }))
  return { lines: [...before, ...added, ...document.lines.slice(to)] }
}

function lineText(document: IniDocument, index: number): string {
  return document.lines[index]?.text ?? ''
}
