import type { Agent } from '../operations.ts'

/** The same agent, for people: `told` is called whenever one of them has brought the code of a log-in. */
export function toldOfLogIns(agent: Agent, told: () => void): Agent {
  return {
    ...agent,
    connect: async request => {
      const connection = await agent.connect(request)
      if (request?.code !== undefined) told()
      return connection
    },
  }
}
