import { createTransport } from 'nodemailer'
import type { MailSettings } from './mail-settings.ts'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** The same for each repetition, so that a mailbox that got it twice shows it once. */
  readonly messageId: string
}

export interface Mailer {
  /** Resolves when the server has taken it. @throws MailError */
  send(mail: Mail): Promise<void>
  close(): void
}

/** `refused`: the server answers, and did not take this mail; `unreachable`: no mail can be sent now. */
export class MailError extends Error {
  override readonly name = 'MailError'
  readonly code: 'refused' | 'unreachable'

  constructor(code: MailError['code'], options: ErrorOptions) {
    super(
      code === 'refused' ? 'The mail server did not take a mail.' : 'The mail server cannot be reached.',
      options,
    )
    this.code = code
  }
}

const PATIENCE_MS = 15_000
/** What nodemailer calls a refusal of the sender, recipient or text, and of nothing else. */
const ABOUT_ONE_MAIL = new Set(['EENVELOPE', 'EMESSAGE'])

/** Sends mail by SMTP; undefined where the operator has not set it up. */
export function openMailer(
  settings: MailSettings & { readonly BROKER_PUBLIC_URL: string },
): Mailer | undefined {
  const host = settings.BROKER_SMTP_HOST
  if (host === undefined) return undefined
  const { BROKER_SMTP_PORT: port, BROKER_SMTP_USER: user, BROKER_SMTP_PASSWORD: pass } = settings
  const domain = new URL(settings.BROKER_PUBLIC_URL).hostname
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    requireTLS: pass !== undefined && port !== 465,
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: 2 * PATIENCE_MS,
    ...(user === undefined ? {} : { auth: { user, pass: pass ?? '' } }),
  })
  // It may hang up on one recipient, or look so long for its mailbox that nobody waits: others are mailed all the same.
  const answers = () =>
    transport.verify().then(
      () => true,
      () => false,
    )
  return {
    async send({ to, subject, text, messageId }) {
      try {
        await transport.sendMail({
          from: settings.BROKER_MAIL_FROM ?? `odoo-backup@${domain}`,
          // As a list of one address: the text of an account never becomes further recipients.
          to: [{ name: '', address: to }],
          subject,
          text,
          messageId: `<${messageId}@${domain}>`,
          disableFileAccess: true,
          disableUrlAccess: true,
        })
      } catch (cause) {
        const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
        const isRefused = ABOUT_ONE_MAIL.has(code) || (await answers())
        throw new MailError(isRefused ? 'refused' : 'unreachable', { cause })
      }
    },
    close: () => transport.close(),
  }
}
