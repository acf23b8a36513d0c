import { tmpdir } from 'node:os'
import type { Finding } from '@odoo-backup/protocol'
import type { AgentParts } from '../parts.ts'
import { clock } from './clock.ts'
import { creationRight } from './creation-right.ts'
import { disk, filestore, postgresDisk, systemUser } from './filestore.ts'
import { checked } from './finding.ts'
import { broker, storage } from './storage.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { gpg, postgresTools } from './tools.ts'

/** Looks at everything that a backup or a restore needs, one finding after the other. */
export async function* doctor(parts: AgentParts): AsyncGenerator<Finding> {
  yield await configuration(parts)
  yield await checked('postgres', async () => {
    const version = await (await parts.odoo.cluster()).serverVersion()
    return `PostgreSQL ${Math.floor(version / 10_000)} answers.`
  })
  yield* creationRight(parts)
  yield* postgresTools(parts)
  yield await gpg(parts)
  yield await checked('queue', async () => {
    const workers = await (await parts.queue()).liveWorkers()
    return workers === 0 ? 'The queue can be used; no service is running.' : 'The queue can be used.'
  })
  yield await systemUser(parts)
  yield await filestore(parts)
  yield await disk(parts)
  yield* postgresDisk(parts)
  yield await temporaryFolder(tmpdir())
  yield await clock(parts)
  yield* broker(parts)
  yield* storage(parts)
}

async function configuration({ store }: AgentParts): Promise<Finding> {
  const { odooConf } = await store.refresh()
  const check = 'configuration'
  if (store.faults.length > 0)
    return { check, state: 'fault', message: store.faults.join(' '), advice: `Mend ${store.path}.` }
  if (odooConf.path === undefined)
    return {
      check,
      state: 'warning',
      message: 'No odoo.conf was found; PostgreSQL is reached by its defaults.',
      advice: `Name Odoo's configuration in ${store.path}: odoo_backup_sh_odoo_conf = /etc/odoo/odoo.conf`,
    }
  return { check, state: 'ok', message: `${store.path}, with ${odooConf.path}.` }
}
