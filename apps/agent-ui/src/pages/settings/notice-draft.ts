import type { AgentSettings, NoticesChange, Problem } from '@odoo-backup/protocol'
import type { SecretDraft } from './database-draft.ts'

/** Where notices are to go, as it stands in the form. */
export interface NoticeDraft {
  readonly mailTo: string
  readonly mailFrom: string
  readonly smtpHost: string
  readonly smtpPort: string
  readonly smtpUser: string
  /** Empty: the present one stays, as long as there is a user. */
  readonly smtpPassword: string
  readonly webhook: SecretDraft
  readonly allowPrivateAddresses: boolean
}

type Notices = AgentSettings['notices']

export function noticeDraftOf(notices: Notices): NoticeDraft {
  return {
    mailTo: notices.mailTo.join(', '),
    mailFrom: notices.mailFrom ?? '',
    smtpHost: notices.smtpHost ?? '',
    smtpPort: notices.smtpPort?.toString() ?? '',
    smtpUser: notices.smtpUser ?? '',
    smtpPassword: '',
    webhook: { text: '', removed: false },
    allowPrivateAddresses: notices.allowPrivateAddresses,
  }
}

/** Only what differs from what was shown; a log-in that was emptied takes its password along. */
export function noticeChangeOf(base: Notices, draft: NoticeDraft): NoticesChange {
  const before = noticeDraftOf(base)
  const text = (name: 'mailFrom' | 'smtpHost' | 'smtpUser') =>
    draft[name].trim() === before[name] ? {} : { [name]: draft[name].trim() || null }
  return {
    ...(draft.mailTo === before.mailTo ? {} : { mailTo: addressesIn(draft.mailTo) }),
    ...text('mailFrom'),
    ...text('smtpHost'),
    ...(draft.smtpPort === before.smtpPort
      ? {}
      : { smtpPort: draft.smtpPort === '' ? null : Number(draft.smtpPort) }),
    ...text('smtpUser'),
    ...(draft.smtpUser.trim() === '' && before.smtpUser !== ''
      ? { smtpPassword: null }
      : draft.smtpPassword === ''
        ? {}
        : { smtpPassword: draft.smtpPassword }),
    ...(draft.webhook.removed
      ? { webhook: null }
      : draft.webhook.text === ''
        ? {}
        : { webhook: draft.webhook.text }),
    ...(draft.allowPrivateAddresses === base.allowPrivateAddresses
      ? {}
      : { allowPrivateAddresses: draft.allowPrivateAddresses }),
  }
}

/** Which of the addresses that were sent are none, by the problem that the agent has with them. */
export function noAddressesIn(
  problem: Pick<Problem, 'fields'> | undefined,
  sent: readonly string[],
): string[] {
  return (problem?.fields ?? []).flatMap(({ path, code }) => {
    const [, index] = /^notices\.mailTo\.(\d+)$/.exec(path) ?? []
    const address = code === 'email' && index !== undefined ? sent[Number(index)] : undefined
    return address ?? []
  })
}

export function addressesIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter(address => address !== '')
}
