import { type Place, placeWithFolder } from '../config/place.ts'
import { type ConnectDependencies, connectToAccount } from '../credentials/connect.ts'
import type { OpenDestination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import type { AgentOperations } from '../operations.ts'

/** Connecting to storage: a log-in with the broker, a trial listing without one. */
export function connectionOperations(
  withBroker: () => ConnectDependencies | undefined,
  openDestination: OpenDestination,
  agentsPlace: () => Place,
): Pick<AgentOperations, 'connect'> {
  return {
    connect: async (request = {}) => {
      const dependencies = withBroker()
      if (dependencies !== undefined) return connectToAccount(dependencies, request)
      if (request.code !== undefined) {
        throw new AgentError('invalid_request', 'This agent uses storage of its own: there is no log-in.')
      }
      try {
        const destination = await openDestination('backup')
        try {
          for await (const _ of destination.storage.list(`${destination.prefix}_/pin/`)) break
          const place = placeWithFolder(agentsPlace())
          return {
            state: 'connected',
            folder: destination.prefix.replace(/\/$/, '') || '.',
            ...(place === undefined ? {} : { place }),
          }
        } finally {
          destination.close()
        }
      } catch (error) {
        throw asAgentError(error)
      }
    },
  }
}
