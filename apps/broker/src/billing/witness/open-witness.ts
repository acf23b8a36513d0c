import type { SharedRedis } from '../../redis.ts'
import type { BooksWitness } from './books-witness.ts'
import { createFolderWitness } from './folder-witness.ts'
import { createRedisWitness } from './redis-witness.ts'
import { openStateFolder, type StateFolderSettings } from './state-folder.ts'

/**
 * The witness that the settings name: the Redis that brokers share, else the folder of a broker that is alone. Undefined
 * where neither is set, since no money moves.
 *
 * @param options.makes makes a folder that is missing, as the service does and no command
 * @throws StateFolderError
 */
export async function openBooksWitness(
  { BROKER_STATE_FOLDER: folder }: StateFolderSettings,
  shared: SharedRedis | undefined,
  options: { readonly makes: boolean },
): Promise<BooksWitness | undefined> {
  if (shared !== undefined) return createRedisWitness(shared)
  if (folder === undefined) return undefined
  await openStateFolder(folder, options)
  return createFolderWitness(folder)
}
