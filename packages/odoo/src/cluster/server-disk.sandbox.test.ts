import { statfs } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { TestInstance } from '../testing/instance.ts'
import { OdooCluster } from './cluster.ts'
import { serverDisk } from './server-disk.ts'

const sandbox = sandboxEnvironment()
let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandbox)
})
afterAll(() => instance.close())

test('a role that may see PostgreSQL’s directory learns what is free there', async () => {
  const cluster = new OdooCluster({
    ...instance.cluster.settings,
    dbUser: sandbox.pgSuperuser,
    dbPassword: sandbox.pgSuperuserPassword,
  })
  const found = await serverDisk(cluster)
  const { bsize, blocks } = await statfs(found?.folder ?? '')
  expect(found?.freeBytes).toBeGreaterThan(0)
  expect(found?.freeBytes).toBeLessThanOrEqual(bsize * blocks)
})

test('nothing is said where Odoo’s role may not see it', async () => {
  expect(await serverDisk(instance.cluster)).toBeUndefined()
})
