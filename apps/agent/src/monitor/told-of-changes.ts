import type { Agent } from '../operations.ts'

/**
 * The same agent, for people: `told` is called whenever one of them has brought the code of a log-in, or sees that the
 * account can pay again or has another credit than before. The first sight in a process counts too: what stood before
 * may be over since.
 */
export function toldOfChanges(agent: Agent, told: () => void): Agent {
  let owed = true
  let credit: string | undefined
  return {
    ...agent,
    connect: async request => {
      const connection = await agent.connect(request)
      const owes = connection.state === 'payment_required'
      if (request?.code !== undefined || (owed && !owes)) told()
      owed = owes
      return connection
    },
    account: async () => {
      const account = await agent.account()
      const now = JSON.stringify(account.credit)
      if (now !== credit) told()
      credit = now
      return account
    },
  }
}
