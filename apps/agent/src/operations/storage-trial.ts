import { randomUUID } from 'node:crypto'
import { StorageError } from '@odoo-backup/storage'
import { type Place, placeOfAgent } from '../config/place.ts'
import type { ConfigurationStore } from '../config/store.ts'
import type { Destination, OpenDestination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import type { AgentAdministration } from '../operations.ts'
import { withDatabaseSettings, withSettings } from './settings-change.ts'

const CONTENT = Buffer.from('odoo-backup.sh tries whether it can write here. This object can be deleted.\n')

/** Trying storage as it would be after a change, before the change is saved. */
export function storageTrial(
  store: ConfigurationStore,
  openDestination: OpenDestination,
): Pick<AgentAdministration, 'tryStorage' | 'tryDestination'> {
  const tryPlace = async (place: Place) => {
    if (place.kind === 'broker')
      throw new AgentError('invalid_request', 'Storage of odoo-backup.sh is tried by the log-in.')
    try {
      const destination = await openDestination('backup', place, { whileWaited: true })
      try {
        await tryAll(destination)
        return { folder: destination.prefix.replace(/\/$/, '') || '.' }
      } finally {
        destination.close()
      }
    } catch (error) {
      throw withPathAdvice(place, asAgentError(error))
    }
  }
  return {
    tryStorage: async change => {
      const { settings } = await store.preview(document => withSettings(document, { storage: change }))
      return tryPlace(placeOfAgent(settings))
    },
    tryDestination: async (database, change) => {
      const { databases } = await store.preview(document =>
        withDatabaseSettings(document, database, { destination: change }),
      )
      const place = databases.get(database)?.place
      if (place === undefined) throw new AgentError('invalid_request', 'This is no name of a database.')
      return tryPlace(place)
    },
  }
}

/** Everything that backups need of a place, done once with a small object that does not stay. */
async function tryAll({ storage, prefix }: Destination): Promise<void> {
  const key = `${prefix}_/trial/${randomUUID()}`
  const step = stepsWith(key)
  await step('Writing', async () => {
    try {
      await storage.put(key, CONTENT)
    } catch (error) {
      if (!(error instanceof StorageError && error.code === 'object_missing')) throw error
      throw new AgentError(
        'storage_refused',
        'What answers at the endpoint knows no such bucket, or is no S3 store. Check the endpoint and the name of the bucket.',
        { cause: error },
      )
    }
  })
  try {
    await step('Listing', async () => {
      for await (const object of storage.list(key)) if (object.key === key) return
      throw new AgentError('storage_misbehaved', 'What was just written is not in the list.')
    })
    await step('Reading', async () => {
      const chunks: Buffer[] = []
      for await (const chunk of await storage.get(key)) chunks.push(Buffer.from(chunk))
      if (!Buffer.concat(chunks).equals(CONTENT))
        throw new AgentError('storage_misbehaved', 'What comes back is not what was written.')
    })
  } catch (error) {
    // The first fault is the one to tell.
    await storage.delete([key]).catch(() => undefined)
    throw error
  }
  await step('Deleting', () => storage.delete([key]))
}

/** Runs the steps of a trial. The object's name is ours, and says nothing to whoever reads what failed. */
function stepsWith(key: string) {
  return async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      const { code, message } = asAgentError(error)
      throw new AgentError(code, `${what} a small object failed. ${message.replaceAll(key, 'it')}`, {
        cause: error,
      })
    }
  }
}

/** A store that knows no host for each bucket is only reached by path, and a name that leads nowhere does not say so. */
function withPathAdvice(place: Place, error: AgentError): AgentError {
  const hostOfBucket = place.kind === 'own' && place.bucket.endpoint !== undefined && !place.bucket.pathStyle
  if (!hostOfBucket || error.code !== 'storage_unreachable') return error
  return new AgentError(
    error.code,
    `${error.message} If the endpoint is right, the store may want path style addresses.`,
    { cause: error },
  )
}
