import { randomBytes } from 'node:crypto'
import { type ADMIN_ROLES, createAdminTokens } from '../../apps/broker/src/admin/admin-tokens.ts'
import { openRegistryDatabase } from '../../apps/broker/src/registry/database.ts'
import { noteSecret } from '../fixtures/run-records.ts'
import type { RunningBroker } from '../fixtures/running-broker.ts'

/** A token of the admin API, as the command makes it; it counts for an hour unless told otherwise. */
export async function adminToken(
  broker: Pick<RunningBroker, 'databaseUrl'>,
  role: (typeof ADMIN_ROLES)[number],
  lifeMs = 3_600_000,
): Promise<string> {
  const database = openRegistryDatabase({
    databaseUrl: broker.databaseUrl,
    maxConnections: 1,
    onIdleError: () => {},
  })
  try {
    const tokens = createAdminTokens({ prisma: database.prisma, now: () => new Date() })
    const name = `test-${randomBytes(4).toString('hex')}`
    const token = await tokens.create({ name, role, expiresAt: new Date(Date.now() + lifeMs) })
    noteSecret('a token of the admin API', token)
    return token
  } finally {
    await database.close()
  }
}
