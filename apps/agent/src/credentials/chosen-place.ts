import type { LoadedConfiguration } from '../config/load-configuration.ts'
import { placeOfAgent } from '../config/place.ts'
import { USUAL_BROKER } from '../config/settings.ts'
import { hasCachedCredentials } from './credential-cache.ts'

/**
 * Whether anybody said where backups go: a place of one's own, a broker by its address or for one database, or a log-in,
 * of which credentials are kept. A configuration that says nothing means the usual broker, which nobody has chosen yet.
 */
export function isPlaceChosen({
  settings,
  databases,
  document,
}: Pick<LoadedConfiguration, 'settings' | 'databases' | 'document'>): boolean {
  return (
    placeOfAgent(settings).kind !== 'broker' ||
    settings.broker_url !== USUAL_BROKER ||
    [...databases.values()].some(({ place }) => place !== undefined) ||
    hasCachedCredentials(document)
  )
}
