import { readFile } from 'node:fs/promises'
import { OdooError } from '../errors.ts'

/** An `odoo.conf` as read: the `[options]` (names in lower case, values as written). */
export interface OdooConf {
  readonly path: string
  readonly options: ReadonlyMap<string, string>
}

/**
 * Reads an `odoo.conf`. It is never written: Odoo owns it.
 * @throws OdooError `configuration_missing`, `permission_denied`, `configuration_invalid`
 */
export async function readOdooConf(path: string): Promise<OdooConf> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EACCES')
      throw new OdooError(
        'permission_denied',
        `${path} may not be read. Run the agent as Odoo's system user or as root.`,
        { cause },
      )
    throw new OdooError('configuration_missing', `${path} cannot be read. Check the path of odoo.conf.`, {
      cause,
    })
  })
  try {
    return { path, options: parseOdooConf(decode(bytes)) }
  } catch (error) {
    if (error instanceof OdooError) throw new OdooError(error.code, `${path}: ${error.message}`)
    throw error
  }
}

/**
 * Parses by the rules of Python's RawConfigParser, which Odoo uses: names in lower case, `=` or `:`, whole-line
 * comments alone, no interpolation, continuation by indentation, and a name or section given twice is an error.
 * A file without `[options]` has no options, and sets none, as for Odoo. A byte order mark is passed over.
 */
export function parseOdooConf(text: string): Map<string, string> {
  const sections = new Map<string, Map<string, string[]>>()
  let section: { name: string; values: Map<string, string[]> } | undefined
  let value: string[] | undefined
  let indentation = 0
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const content = line.trim()
    if (content.startsWith('#') || content.startsWith(';')) continue
    if (content === '') {
      value?.push('')
      continue
    }
    const indent = line.search(/\S/)
    if (value && indent > indentation) {
      value.push(content)
      continue
    }
    indentation = indent
    const header = /^\[(.+)\]/.exec(content)?.[1]
    if (header !== undefined) {
      if (sections.has(header)) throw fault(index, `the section [${header}] stands twice`)
      section = { name: header, values: new Map() }
      sections.set(header, section.values)
      value = undefined
      continue
    }
    if (!section)
      throw fault(index, 'an option stands before any section; the first line should be [options]')
    const option = /^(.*?)\s*[=:]\s*(.*)$/.exec(content)
    const name = option?.[1]?.toLowerCase()
    if (!option || !name) throw fault(index, 'neither a section, an option nor a comment')
    if (section.values.has(name)) throw fault(index, `the option ${name} stands twice in [${section.name}]`)
    value = [option[2] ?? '']
    section.values.set(name, value)
  }
  const options = sections.get('options')
  const inherited = options ? (sections.get('DEFAULT') ?? []) : []
  return new Map(
    [...inherited, ...(options ?? [])].map(([name, lines]) => [name, lines.join('\n').trimEnd()]),
  )
}

function fault(index: number, what: string): OdooError {
  return new OdooError('configuration_invalid', `line ${index + 1}: ${what}. Odoo refuses such a file too.`)
}

/** UTF-8, or Latin-1 where it is not: an old comment must not keep the options from being read. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}
