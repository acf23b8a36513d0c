import { randomUUID } from 'node:crypto'
import { type OdooCluster, systemIdentifier } from '@odoo-backup/odoo'
import { completedMark, homeMark, isAnotherHome } from './config/home.ts'
import { type IniDocument, valueIn, withValue } from './config/ini-document.ts'
import { databaseSection, PREFIX } from './config/keys.ts'
import type { ConfigurationStore } from './config/store.ts'
import { passwordFingerprint } from './jobs/fingerprint.ts'

export interface IdentityOptions {
  readonly store: ConfigurationStore
  readonly cluster: () => Promise<OdooCluster>
  readonly machineId: () => Promise<string | undefined>
  readonly warn: (message: string) => void
}

/**
 * Sees to it that no two servers make and rotate backups as one instance. A configuration that was copied, with a
 * machine or by hand, wakes up in another home than the one that is noted in it: there it becomes an instance of its
 * own. Its backups are told apart from then on, and those of the original are not its to rotate. The id that was left
 * behind is noted, so that the administrator of a server that really took the place of another can adopt its backups.
 * An id that comes from the environment is the administrator's word and stays.
 */
export function createIdentity({ store, cluster, machineId, warn }: IdentityOptions): () => Promise<void> {
  return async () => {
    const { document, instanceId, settings } = store.current
    if (inOptions(document, 'instance_id') !== instanceId) return
    const present = homeMark({
      // Several workers of one queue may have one configuration, each on a machine of its own.
      machine: settings.queue === 'postgres' ? await machineId() : undefined,
      cluster: await systemIdentifier(await cluster()),
    })
    const noted = settings.instance_home
    if (noted === undefined || !isAnotherHome(noted, present)) {
      const mark = noted === undefined ? present : completedMark(noted, present)
      if (mark !== noted) await store.change(unlessChanged(noted, moved => inHome(moved, mark)))
      return
    }
    const renewed = randomUUID()
    const fingerprints = await renewedFingerprints(store, renewed)
    await store.change(
      unlessChanged(noted, moved => {
        const former = [...settings.former_instance_ids, instanceId].join(' ')
        const named = withOptions(inHome(moved, present), {
          instance_id: renewed,
          former_instance_ids: former,
        })
        return fingerprints.reduce(
          (text, { section, fingerprint }) =>
            withValue(text, section, `${PREFIX}encryption_fingerprint`, fingerprint),
          named,
        )
      }),
    )
    warn(
      'This configuration was used on another server before. It is an instance of its own now: the backups made there are not rotated from here.',
    )
  }
}

/** Another process may have seen the same at the same time: its word stands. */
function unlessChanged(noted: string | undefined, edit: (document: IniDocument) => IniDocument) {
  return (document: IniDocument) =>
    inOptions(document, 'instance_home') === noted ? edit(document) : document
}

function inOptions(document: IniDocument, name: string): string | undefined {
  return valueIn(document, 'options', PREFIX + name)
}

function withOptions(document: IniDocument, values: Readonly<Record<string, string>>): IniDocument {
  return Object.entries(values).reduce(
    (text, [name, value]) => withValue(text, 'options', PREFIX + name, value),
    document,
  )
}

function inHome(document: IniDocument, mark: string): IniDocument {
  return withOptions(document, { instance_home: mark })
}

/** A fingerprint holds for one instance; those of passwords that were not changed meanwhile are made anew. */
async function renewedFingerprints(store: ConfigurationStore, renewed: string) {
  const { databases, instanceId } = store.current
  const made: { section: string; fingerprint: string }[] = []
  for (const [name, { encryptionFingerprint, encryptionPassword }] of databases) {
    if (encryptionFingerprint === undefined || encryptionPassword === undefined) continue
    if ((await passwordFingerprint(encryptionPassword, instanceId)) !== encryptionFingerprint) continue
    made.push({
      section: databaseSection(name),
      fingerprint: await passwordFingerprint(encryptionPassword, renewed),
    })
  }
  return made
}
