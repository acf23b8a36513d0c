import { afterEach, expect, test } from '@jest/globals'
import { formatArchiveName, formatInfoName, writeInfo } from '@odoo-backup/backup-format'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance } from '../fixtures/agent-instance.ts'
import { type AgentSurface, agentSurface } from '../fixtures/agent-surface.ts'
import { type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'

let proxy: FaultProxy
let instance: AgentInstance
let surface: AgentSurface
afterEach(async () => {
  await surface.close()
  await instance.close()
  await proxy.close()
})

test('the list of backups is made of keys alone; .info is read for the page that is shown, and once', async () => {
  proxy = await startFaultProxy(sandboxEnvironment().s3Endpoint, () => undefined)
  instance = await agentInstance({ aws_endpoint: proxy.url })
  const days = [1, 2, 3, 4, 5]
  const infoOf = (day: number) =>
    formatInfoName({ database: 'shop', takenAt: new Date(`2026-01-0${day}T03:00:00Z`) })
  for (const day of days) {
    const takenAt = new Date(`2026-01-0${day}T03:00:00Z`)
    const archive = formatArchiveName({ database: 'shop', takenAt, format: 'zip', encrypted: false })
    const common = { database: 'shop', encrypted: false, takenAt, sizeBytes: 3, storageService: 'own' }
    const info = writeInfo({ ...common, facts: { missing_files: { count: day } } })
    await instance.storage.put(instance.prefix + archive, Buffer.from('zip'))
    await instance.storage.put(instance.prefix + infoOf(day), Buffer.from(info))
  }
  surface = await agentSurface(instance, await instance.open({ worker: 'never' }))
  const page = async (number: number) => {
    const before = proxy.requests.length
    const { body } = await surface.api('GET', `/backups?pageSize=2&page=${number}`)
    const read = proxy.requests.slice(before).flatMap(line => /^GET .*\/(\S+\.info)/.exec(line)?.[1] ?? [])
    const missing = body.items.map(({ missingFiles }: { missingFiles: number }) => missingFiles)
    return { total: body.total, missing, read: read.map(name => decodeURIComponent(name)).sort() }
  }
  expect(await page(1)).toEqual({ total: 5, missing: [5, 4], read: [infoOf(4), infoOf(5)] })
  expect(await page(3)).toEqual({ total: 5, missing: [1], read: [infoOf(1)] })
  expect(await page(1)).toEqual({ total: 5, missing: [5, 4], read: [] })
})
