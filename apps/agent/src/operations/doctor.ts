import { access, constants, statfs } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { filestoreRoot } from '@odoo-backup/odoo'
import { type Finding, Purpose } from '@odoo-backup/protocol'
import { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import type { AgentParts } from './parts.ts'

const LEAST_FREE_BYTES = 1024 ** 3
const MOST_CLOCK_DIFFERENCE_MS = 60_000

/** Looks at everything that a backup or a restore needs, one finding after the other. */
export async function* doctor(parts: AgentParts): AsyncGenerator<Finding> {
  yield await configuration(parts)
  yield await checked('postgres', async () => {
    const version = await (await parts.odoo.cluster()).serverVersion()
    return `PostgreSQL ${Math.floor(version / 10_000)} answers.`
  })
  for (const name of ['pg_dump', 'psql', 'pg_restore'] as const) {
    yield await checked(name, async () => {
      const cluster = await parts.odoo.cluster()
      const [tool, server] = [await cluster.tool(name), await cluster.serverVersion()]
      if (tool.major < Math.floor(server / 10_000)) {
        throw new AgentError(
          'tool_too_old',
          `${name} ${tool.version} is older than the server. Install postgresql-client-${Math.floor(server / 10_000)}.`,
        )
      }
      return `${tool.path} is ${tool.version}.`
    })
  }
  yield await checked('queue', async () => {
    const workers = await (await parts.queue()).liveWorkers()
    return workers === 0 ? 'The queue can be used; no service is running.' : 'The queue can be used.'
  })
  yield await filestore(parts)
  yield await disk(parts)
  yield await clock(parts)
  for (const place of parts.places()) {
    for (const purpose of Purpose.options) {
      yield await checked(`storage for ${purpose}`, async () => {
        const destination = await parts.openDestination(purpose, place)
        try {
          for await (const _ of destination.storage.list(`${destination.prefix}_/`)) break
          return `Access to ${destination.prefix || 'the folder'} is given.`
        } finally {
          destination.close()
        }
      })
    }
  }
}

async function configuration({ store }: AgentParts): Promise<Finding> {
  const { odooConf } = await store.refresh()
  const [fault] = store.faults
  if (fault !== undefined) {
    return {
      check: 'configuration',
      state: 'fault',
      message: store.faults.join(' '),
      advice: `Mend ${store.path}.`,
    }
  }
  if (odooConf.path === undefined) {
    return {
      check: 'configuration',
      state: 'warning',
      message: 'No odoo.conf was found; PostgreSQL is reached by its defaults.',
      advice: `Name Odoo's configuration in ${store.path}: odoo_backup_sh_odoo_conf = /etc/odoo/odoo.conf`,
    }
  }
  return { check: 'configuration', state: 'ok', message: `${store.path}, with ${odooConf.path}.` }
}

async function filestore({ odoo }: AgentParts): Promise<Finding> {
  const folder = filestoreRoot(odoo.settings())
  const user = userInfo().username
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return { check: 'filestore', state: 'ok', message: `${folder} can be read and written by ${user}.` }
  } catch {
    return {
      check: 'filestore',
      state: 'warning',
      message: `${folder} is not there, or ${user} may not use it.`,
      advice: 'Set data_dir as Odoo has it, and run the agent as the user that runs Odoo, or as root.',
    }
  }
}

async function disk({ odoo }: AgentParts): Promise<Finding> {
  const folder = filestoreRoot(odoo.settings())
  const found = await statfs(folder).catch(() => statfs('/'))
  const free = found.bavail * found.bsize
  const message = `${Math.floor(free / 1024 ** 2)} MiB are free where the filestore is.`
  return free < LEAST_FREE_BYTES
    ? { check: 'disk', state: 'warning', message, advice: 'A restore needs room for the whole database.' }
    : { check: 'disk', state: 'ok', message }
}

/** PostgreSQL's clock is another program's view of this machine's time; the store refuses a wrong one. */
async function clock({ odoo, now }: AgentParts): Promise<Finding> {
  try {
    const server = await (await odoo.cluster()).withMaintenance(async client => {
      const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now')
      return rows[0]?.now ?? now()
    })
    const difference = Math.abs(server.getTime() - now().getTime())
    if (difference < MOST_CLOCK_DIFFERENCE_MS) {
      return { check: 'clock', state: 'ok', message: 'The clock agrees with PostgreSQL’s.' }
    }
    return {
      check: 'clock',
      state: 'fault',
      message: `The clock is ${Math.round(difference / 1000)} s away from PostgreSQL’s.`,
      advice: 'Let NTP set the clock: storage refuses requests with a wrong time.',
    }
  } catch {
    return { check: 'clock', state: 'warning', message: 'The clock could not be compared with PostgreSQL’s.' }
  }
}

async function checked(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, state: 'ok', message: await look() }
  } catch (error) {
    const { message, code } = asAgentError(error)
    const advice = ADVICE[code]
    return { check, state: 'fault', message, ...(advice === undefined ? {} : { advice }) }
  }
}

/** What to do where the message alone does not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  login_required: 'Run odoo-backup login.',
  access_revoked: 'Run odoo-backup login.',
  broker_unreachable: 'Check this machine’s network.',
  postgres_unreachable: 'Start PostgreSQL, or mend db_host and db_port.',
}
