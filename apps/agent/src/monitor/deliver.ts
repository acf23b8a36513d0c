import { hostname } from 'node:os'
import type { AgentSettings, Notice, NoticesChange } from '@odoo-backup/protocol'
import { createTransport } from 'nodemailer'
import type { NoticeSecrets } from '../operations.ts'
import { mailFailure } from './mail-failure.ts'
import type { Channel } from './memory.ts'
import { sendHttp } from './send-http.ts'

/** A notice, or the trial of a way. */
export type Message = Pick<Notice, 'severity' | 'message'> & Partial<Pick<Notice, 'database'>>

export interface DeliverySettings {
  readonly notices: AgentSettings['notices']
  readonly secrets: NoticeSecrets
}

/** Delivery as it would be after a change: `null` removes, what is absent stays. */
export function withProposed(
  { notices, secrets }: DeliverySettings,
  change: NoticesChange,
): DeliverySettings {
  const { smtpUser, smtpPassword, webhook } = { ...secrets, ...change }
  return {
    notices: {
      mailTo: change.mailTo ?? notices.mailTo,
      mailFrom: after(notices.mailFrom, change.mailFrom),
      smtpHost: after(notices.smtpHost, change.smtpHost),
      smtpPort: after(notices.smtpPort, change.smtpPort),
      allowPrivateAddresses: change.allowPrivateAddresses ?? notices.allowPrivateAddresses,
    },
    secrets: {
      pingUrls: secrets.pingUrls,
      ...(smtpUser == null ? {} : { smtpUser }),
      ...(smtpPassword == null ? {} : { smtpPassword }),
      ...(webhook == null ? {} : { webhook }),
    },
  }
}

function after<Value>(saved: Value, change: Value | null | undefined): Value | undefined {
  return change === undefined ? saved : (change ?? undefined)
}

const MARK: Record<Notice['severity'], string> = { info: 'Note', warning: 'Warning', error: 'Error' }

/** The ways that are set up. */
export function channelsOf({ notices, secrets }: DeliverySettings): Channel[] {
  return [
    ...(notices.smtpHost !== undefined && notices.mailTo.length > 0 ? (['mail'] as const) : []),
    ...(secrets.webhook !== undefined ? (['webhook'] as const) : []),
  ]
}

/** Sends one message one way; rejects when it was not taken. */
export async function deliver(channel: Channel, settings: DeliverySettings, message: Message): Promise<void> {
  if (channel === 'mail') await sendMail(settings, message)
  else await sendWebhook(settings, message)
}

async function sendMail({ notices, secrets }: DeliverySettings, message: Message): Promise<void> {
  const host = notices.smtpHost ?? 'localhost'
  const port = notices.smtpPort ?? 587
  const { smtpUser, smtpPassword } = secrets
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    // A log-in goes over TLS or not at all.
    requireTLS: (smtpUser ?? smtpPassword) !== undefined && port !== 465,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
    ...(smtpUser === undefined ? {} : { auth: { user: smtpUser, pass: smtpPassword ?? '' } }),
  })
  try {
    await transport.sendMail({
      from: notices.mailFrom ?? `odoo-backup@${hostname()}`,
      to: [...notices.mailTo],
      subject: headline(message),
      text: `${headline(message)}\n\n${message.message}\n\n-- \nodoo-backup.sh on ${hostname()}\n`,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  } catch (error) {
    throw mailFailure(error, host, port)
  } finally {
    transport.close()
  }
}

/** `{text}` is what Slack, Mattermost, Rocket.Chat and others take. `&`, `<`, `>` would be commands to them. */
async function sendWebhook({ notices, secrets }: DeliverySettings, message: Message): Promise<void> {
  const { webhook } = secrets
  if (webhook === undefined) throw new Error('There is no webhook.')
  const literal = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const text = `*${literal(headline(message))}*\n${literal(message.message)}`
  await sendHttp({ url: webhook, json: { text }, allowPrivateAddresses: notices.allowPrivateAddresses })
}

function headline({ severity, database }: Message): string {
  return `${MARK[severity]}: Odoo backups${database === undefined ? '' : ` of ${database}`} on ${hostname()}`
}
