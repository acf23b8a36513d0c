import type { BrokerClient, BrokerNotice } from '../credentials/broker-client.ts'
import { AgentError } from '../errors.ts'
import type { AccountNotice, AgentAdministration } from '../operations.ts'

const KINDS: Readonly<Record<BrokerNotice['type'], AccountNotice['kind']>> = {
  insufficient_credits: 'credit_running_out',
  forecast_insufficient_credits: 'credit_running_out',
  instance_bound: 'instance_bound',
  other: 'account_message',
}

/** What the account says; an instance without broker or account has nothing to hear. */
export function accountOperations(
  broker: () => BrokerClient | undefined,
): Pick<AgentAdministration, 'account' | 'accountNotices' | 'rechargeLink'> {
  return {
    account: async () => {
      try {
        const summary = await broker()?.account()
        if (summary === undefined) return { connected: false }
        const { maskedEmail, credit } = summary
        return {
          connected: true,
          ...(maskedEmail === undefined ? {} : { email: maskedEmail }),
          ...(credit === undefined ? {} : { credit }),
        }
      } catch (error) {
        if (error instanceof AgentError && error.code === 'login_required') return { connected: false }
        throw error
      }
    },
    accountNotices: async () => {
      try {
        const notices = (await broker()?.notices()) ?? []
        return notices
          .map(({ id, type, message, createdAt }) => ({ id, kind: KINDS[type], message, at: createdAt }))
          .reverse()
      } catch (error) {
        if (error instanceof AgentError && error.code === 'login_required') return []
        throw error
      }
    },
    rechargeLink: async () => broker()?.rechargeLink(),
  }
}
