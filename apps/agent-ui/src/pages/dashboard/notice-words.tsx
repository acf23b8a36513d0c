import { type Notice, type NoticeText, othersWords, sentenceOf } from '@odoo-backup/protocol'
import { useMessages } from '../../messages/index.ts'
import { causeOf } from '../../messages/sentence.ts'
import { LongText, Words } from '../../parts/failure.tsx'

/** What is shown at once of what others said; the rest of it can be opened. */
const SHORT = 240

/** A notice in the reader's language, with the agent's or the account's own words below where there are any. */
export function NoticeWords({ notice: { text, message } }: { notice: Notice }) {
  const { notices, failures } = useMessages()
  // An older agent noted it before there were codes.
  if (text === undefined) return <LongText text={message} most={SHORT} />
  const own = `${sentenceOf<NoticeText>(notices, text)} ${causeOf(failures, text)}`.trim()
  return <Words own={own} others={othersWords(text)} most={SHORT} />
}
