import { WarningText } from '@odoo-backup/protocol'
import { z } from 'zod'
import { warningMessage } from '../wording/warning.ts'

/** Older agents kept sentences; those that something is decided by are told from the others. */
const SENTENCES: readonly (readonly [RegExp, 'code_asks' | 'code_refused' | 'code_unread'])[] = [
  [/^Restoring this backup will ask for your word: it holds (.*)\.$/s, 'code_asks'],
  [
    /^This agent will refuse to restore this backup: it holds (.*)\. Odoo's own database manager takes it\.$/s,
    'code_refused',
  ],
  [/^This agent will refuse to restore this backup\. (.*)$/s, 'code_unread'],
]
const FIXED = (['rotation_refused', 'former_backups_stay'] as const).map(code => ({ code }))

/** A warning that an older agent kept as an English sentence. */
export function warningOfSentence(sentence: string): WarningText {
  for (const [form, code] of SENTENCES) {
    const words = form.exec(sentence)?.[1]
    if (words !== undefined) return { code, words }
  }
  return FIXED.find(text => warningMessage(text) === sentence) ?? { code: 'noted', words: sentence }
}

/** A warning as job data and outcomes keep it. What this version does not know is kept as words: no job is lost by it. */
export const KeptWarning = z.unknown().transform((kept): WarningText => {
  if (typeof kept === 'string') return warningOfSentence(kept)
  const { data } = WarningText.safeParse(kept)
  return data ?? { code: 'noted', words: JSON.stringify(kept) }
})

/** What `.info` says: English for whoever reads the file, and beside it the codes, which older agents did not write. */
export function writeWarnings(texts: readonly WarningText[]): {
  readonly warnings: Readonly<Record<string, string>>
  readonly warning_codes: Readonly<Record<string, string>>
} {
  const numbered = (values: readonly string[]) =>
    Object.fromEntries(values.map((value, index) => [`warning_${index + 1}`, value]))
  return {
    warnings: numbered(texts.map(text => warningMessage(text))),
    warning_codes: numbered(texts.map(text => JSON.stringify(text))),
  }
}

/** Reads the sections of `writeWarnings`, and those of older agents, which have sentences alone. */
export function readWarnings(facts: ReadonlyMap<string, ReadonlyMap<string, string>>): WarningText[] {
  const codes = facts.get('warning_codes')
  return [...(facts.get('warnings') ?? [])].map(
    ([key, sentence]) => codedWarning(codes?.get(key)) ?? warningOfSentence(sentence),
  )
}

function codedWarning(json: string | undefined): WarningText | undefined {
  try {
    return WarningText.safeParse(JSON.parse(json ?? '')).data
  } catch {
    return undefined
  }
}
