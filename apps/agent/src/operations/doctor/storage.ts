import { type Finding, Purpose } from '@odoo-backup/protocol'
import { StorageError } from '@odoo-backup/storage'
import { type Place, placeWithFolder } from '../../config/place.ts'
import type { Destination } from '../../credentials/destination.ts'
import { asAgentError } from '../../jobs/failure.ts'
import { probeKey } from '../../jobs/markers.ts'
import { placeName } from '../each-place.ts'
import type { AgentParts } from '../parts.ts'
import { checked, faultOf } from './finding.ts'

/** Asks the broker itself, where one is used: a credential that is still valid would hide that it is away. */
export async function* broker({ places, broker: withBroker }: AgentParts): AsyncGenerator<Finding> {
  if (!places().some(({ kind }) => kind === 'broker')) return
  yield await checked('broker', async () => {
    const { maskedEmail } = (await withBroker()?.broker().account()) ?? {}
    return maskedEmail === undefined
      ? 'The broker answers.'
      : `The broker answers; the account is ${maskedEmail}.`
  })
}

/** Does in each place what each purpose is for, with a small object that no listing takes for a backup. */
export async function* storage(parts: AgentParts): AsyncGenerator<Finding> {
  const places = parts.places()
  for (const place of places)
    for (const purpose of Purpose.options) {
      const where = places.length === 1 ? '' : ` in ${placeName(place)}`
      yield await tried(parts, place, purpose, `storage for ${purpose}${where}`)
    }
}

async function tried(
  { openDestination, store }: AgentParts,
  place: Place,
  purpose: Purpose,
  check: string,
): Promise<Finding> {
  try {
    const destination = await openDestination(purpose, place, { whileWaited: true })
    try {
      await list(destination)
      await USE[purpose](destination, probeKey(destination.prefix, store.current.instanceId))
      const where = placeWithFolder(place) ?? destination.prefix
      return { check, state: 'ok', message: `${DONE[purpose]} ${where}.` }
    } finally {
      destination.close()
    }
  } catch (error) {
    const { code, message } = asAgentError(error)
    // An account may give an instance less than all rights: that is a decision, and no fault.
    if (code !== 'purpose_refused') return faultOf(check, error)
    return { check, state: 'warning', message, advice: NOT_GIVEN[purpose] }
  }
}

async function list({ storage, prefix }: Destination): Promise<void> {
  for await (const _ of storage.list(`${prefix}_/`)) break
}

/** What each purpose must be able to do besides listing. The probe need not be there to be read or deleted. */
const USE: Readonly<Record<Purpose, (destination: Destination, key: string) => Promise<void>>> = {
  backup: async ({ storage }, key) => {
    await storage.put(key, new TextEncoder().encode('odoo-backup doctor'))
  },
  restore: async ({ storage }, key) => {
    try {
      for await (const _ of await storage.get(key)) break
    } catch (error) {
      if (!(error instanceof StorageError && error.code === 'object_missing')) throw error
    }
  },
  rotate: ({ storage }, key) => storage.delete([key]),
}

const DONE: Readonly<Record<Purpose, string>> = {
  backup: 'An object was stored in',
  restore: 'An object was read from',
  rotate: 'An object was deleted from',
}

const NOT_GIVEN: Readonly<Record<Purpose, string>> = {
  backup: 'Nothing is backed up there unless the account allows it.',
  restore: 'Nothing is restored from there unless the account allows it.',
  rotate: 'Old backups are not deleted from there unless the account allows it.',
}
