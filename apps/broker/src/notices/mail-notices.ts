import type { Pool } from 'pg'
import { wordsIn } from '../pages/language.ts'
import { MailError, type Mailer } from './mailer.ts'
import type { NoticeType } from './notice-board.ts'
import { noticeMessage, readNoticeText } from './notice-text.ts'

export interface MailNoticesDependencies {
  readonly pool: Pool
  readonly mailer: Mailer
  readonly publicUrl: string
  readonly now: () => Date
  readonly onFailure: (accountId: string, error: unknown) => void
}

interface Waiting {
  id: string
  account_id: string
  email: string
  language: string | null
  type: NoticeType
  message: string
  text: unknown
}

/**
 * What is told but not mailed: not withdrawn, not older than a week, and after a refusal not before twice the time has
 * passed (5 minutes, 15, 35 … two days; then never again). The row stays locked while it is mailed, so that two
 * brokers do not mail it both.
 */
const NEXT = `SELECT n.id, n.account_id, a.email, a.language, n.type, n.message, n.text FROM notice n JOIN account a ON a.id = n.account_id
  WHERE n.id > $1 AND n.emailed_at IS NULL AND n.withdrawn_at IS NULL AND a.email IS NOT NULL
    AND n.created_at > $2::timestamptz - INTERVAL '7 days' AND n.email_tries < 10
    AND n.created_at + INTERVAL '5 minutes' * (POWER(2, n.email_tries) - 1) <= $2
  ORDER BY n.id LIMIT 1 FOR UPDATE OF n SKIP LOCKED`

/**
 * Mails every notice, in the language in which its account last read its pages, that waits for it, each once. Where the server cannot be reached the run fails, and all that is
 * left waits for the next one. The number of mails that were taken.
 */
export async function mailNotices(deps: MailNoticesDependencies, signal?: AbortSignal): Promise<number> {
  let [last, count] = ['0', 0]
  for (;;) {
    signal?.throwIfAborted()
    const done = await mailNext(deps, last)
    if (done === undefined) return count
    last = done.id
    if (done.isTaken) count += 1
  }
}

async function mailNext(
  { pool, mailer, publicUrl, now, onFailure }: MailNoticesDependencies,
  after: string,
): Promise<{ id: string; isTaken: boolean } | undefined> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<Waiting>(NEXT, [after, now()])
    const [notice] = rows
    if (notice === undefined) return undefined
    const { id, account_id: accountId, email, language, type, message } = notice
    const words = wordsIn(language)
    const text = readNoticeText(notice.text)
    try {
      await mailer.send({
        to: email,
        subject: words.notices.subjects[type],
        text: `${text === undefined ? message : noticeMessage(text, words)}\n\n${publicUrl}/account\n`,
        messageId: `notice-${id}`,
      })
    } catch (error) {
      if (!(error instanceof MailError) || error.code === 'unreachable') throw error
      onFailure(accountId, error)
      await client.query('UPDATE notice SET email_tries = email_tries + 1 WHERE id = $1', [id])
      await client.query('COMMIT')
      return { id, isTaken: false }
    }
    await client.query('UPDATE notice SET emailed_at = $2 WHERE id = $1', [id, now()])
    await client.query('COMMIT')
    return { id, isTaken: true }
  } finally {
    // Where its transaction may still be open the connection goes back to nobody.
    const broken = await client.query('ROLLBACK').then(() => undefined, asError)
    client.release(broken)
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
