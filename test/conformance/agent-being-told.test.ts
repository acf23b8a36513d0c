import { readFile, rename, writeFile } from 'node:fs/promises'
import { afterEach, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { type AgentSurface, agentSurface } from '../fixtures/agent-surface.ts'
import { closeReceivers, mailReceiver, webReceiver } from '../fixtures/watched-agent.ts'

// What reaches an administrator who looks at nothing, of a real agent: mail, webhook, ping and Prometheus.

let instance: AgentInstance
let surface: AgentSurface
afterEach(async () => {
  await surface.close()
  await instance.close()
  await closeReceivers()
})

test('a backup that fails is told once by every way and cleared by the next good one, which is pinged and measured', async () => {
  const [web, mail] = [await webReceiver(), await mailReceiver()]
  instance = await agentInstance({
    mail_to: 'admin@example.com',
    smtp_host: '127.0.0.1',
    smtp_port: String(mail.port),
    notice_webhook: `${web.url}/hook`,
    notice_private_addresses: 'True',
  })
  const [shop, wiki] = [await instance.odoo.createSample(), await instance.odoo.createSample()]
  const text = await readFile(instance.configurationFile, 'utf8')
  const pinged = `[database:${shop}]\nodoo_backup_sh_ping_url = ${web.url}/ping\n`
  await writeFile(instance.configurationFile, `${text}\n${pinged}`)
  const opened = await instance.open()
  const { agent } = opened
  surface = await agentSurface(instance, opened)
  const backUp = async (name: string) =>
    ended(agent, await agent.startBackup({ database: DatabaseName.parse(name) }))
  const metrics = async () => (await fetch(`${surface.url}/metrics`)).text()
  /** The value of a figure of a database; absent where it has none. */
  const figure = async (name: string, database: string) => {
    const found = new RegExp(`^${name}{[^}]*database="${database}"[^}]*} (\\S+)$`, 'm').exec(await metrics())
    return found?.[1] === undefined ? undefined : Number(found[1])
  }
  const standing = async () => {
    const { body } = await surface.api('GET', '/notices')
    return body.items
      .filter((notice: { clearedAt?: string }) => notice.clearedAt === undefined)
      .map((notice: { id: string }) => notice.id)
  }
  const paths = () => web.received.map(({ path }) => path)
  await surface.monitor.look()
  expect(await standing()).toEqual([])
  expect(await figure('odoo_backup_last_backup_bytes', shop)).toBeUndefined()

  const folder = instance.odoo.filestore(shop)
  await rename(folder, `${folder}-gone`)
  expect(await backUp(shop)).toMatchObject({ state: 'failed' })
  for (let time = 0; time < 3; time += 1) await surface.monitor.look()
  expect(await standing()).toEqual([`backup_failed:${shop}`])
  expect(paths()).toEqual(['/hook'])
  expect(web.received[0]?.body).toContain(folder)
  expect(mail.messages).toEqual([expect.stringContaining(shop)])
  expect(await figure('odoo_backup_failed_jobs_total', shop)).toBe(1)

  await rename(`${folder}-gone`, folder)
  // Of a database without an address nobody is pinged.
  expect(await backUp(wiki)).toMatchObject({ state: 'completed' })
  const good = await backUp(shop)
  expect(good).toMatchObject({ state: 'completed' })
  for (let time = 0; time < 3; time += 1) await surface.monitor.look()
  expect(await standing()).toEqual([])
  expect(paths()).toEqual(['/hook', '/ping'])
  expect(mail.messages).toHaveLength(1)

  const { sizeBytes, takenAt } = await agent.backup(good.backup ?? '')
  const sinceTaken = (Date.now() - Date.parse(takenAt)) / 1000
  const age = (await figure('odoo_backup_last_backup_age_seconds', shop)) ?? -1
  expect(age).toBeGreaterThanOrEqual(sinceTaken)
  expect(age).toBeLessThanOrEqual((Date.now() - Date.parse(takenAt)) / 1000)
  expect(await figure('odoo_backup_last_backup_bytes', shop)).toBe(sizeBytes)
  expect(await figure('odoo_backup_last_job_duration_seconds', shop)).toBeGreaterThan(0)
  expect(await figure('odoo_backup_last_verified_bytes', shop)).toBeUndefined()
  expect(await ended(agent, await agent.startVerify(good.backup ?? ''))).toMatchObject({ state: 'completed' })
  await surface.monitor.look()
  expect(await figure('odoo_backup_last_verified_bytes', shop)).toBe(sizeBytes)
  expect(await figure('odoo_backup_last_verified_age_seconds', shop)).toBeLessThan(sinceTaken + 3600)
  expect(await figure('odoo_backup_last_verified_bytes', wiki)).toBeUndefined()
  // A drill is no backup: nobody is pinged for it.
  expect(paths()).toEqual(['/hook', '/ping'])
})
