import { othersWords, type Warning } from '@odoo-backup/protocol'
import { useMessages } from '../messages/index.ts'
import { causeOf } from '../messages/sentence.ts'
import { LongText, Words } from './failure.tsx'

/** A warning in the reader's language, with the words of the agent or PostgreSQL below where there are any. */
export function WarningWords({ warning: { message, text } }: { warning: Warning }) {
  const { warnings, failures } = useMessages()
  const own = warnings.ofText(text)
  if (own === '') return <LongText text={message} />
  return <Words own={`${own} ${causeOf(failures, text)}`.trim()} others={othersWords(text)} />
}
