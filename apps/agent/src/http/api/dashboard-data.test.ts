import { expect, test } from '@jest/globals'
import { Notice } from '@odoo-backup/protocol'
import { useAgentApi } from '../../../../../test/fixtures/agent-api.ts'

const api = useAgentApi()

test('the dashboard data has its old shape and none of the secrets', async () => {
  api.fixture.now = Date.parse('2026-01-31T12:00:00Z')
  const ask = (token?: string) => {
    const request = api.fixture
      .script()
      .post('/odoo_backup_sh/fetch_dashboard_data')
      .send({ jsonrpc: '2.0', id: 5, params: {} })
    return token === undefined ? request : request.set('authorization', `Bearer ${token}`)
  }
  expect((await ask().expect(200)).body).toMatchObject({ id: 5, error: { code: 100 } })
  api.fixture.agent.rechargeLink = async () => 'https://broker.example/credit/once'
  api.fixture.agent.keep('shop.2026-01-31_05-00-00.zip', 'shop', { foreign: true })
  api.notices.push(
    ...[
      { id: 'backup_failed:shop', database: 'shop', message: 'The last backup failed.' },
      { id: 'postgres_down', message: 'It was down.', clearedAt: '2026-01-31T10:00:00Z' },
    ].map(notice =>
      Notice.parse({ kind: 'backup_failed', severity: 'error', raisedAt: '2026-01-31T09:00:00Z', ...notice }),
    ),
  )
  const { body } = await ask(api.tokens.administer).expect(200)
  const { result } = body
  expect(result.remote_storage_usage_graph_values[0].key).toBe('Remote Storage Usage')
  expect(result.remote_storage_usage_graph_values[0].values).toHaveLength(30)
  expect(result.remote_storage_usage_graph_values[0].values.at(-1)).toEqual({ 0: '2026-01-31', 1: 4 })
  const shop = result.configs.find((config: { database: string }) => config.database === 'shop')
  expect(shop).toMatchObject({ active: true, storage_service: 'odoo_backup_sh', backups_number: 1 })
  expect(shop.graph[0]).toMatchObject({ key: 'Backups of Last 7 Days' })
  expect(shop.graph[0].values).toHaveLength(7)
  expect(shop.graph[0].values.at(-1)).toEqual({ label: 'Today', value: 1 })
  expect(shop.graph[0].values[5].label).toBe('30 Jan')
  expect(Object.keys(result.services_storage_usage_graph_values)).toEqual([
    'odoo_backup_sh',
    'dropbox',
    'google_drive',
  ])
  for (const service of ['dropbox', 'google_drive'])
    expect(result.services_storage_usage_graph_values[service][0].values).toHaveLength(30)
  expect(result.notifications).toEqual([
    { id: 1, date_create: '2026-01-31 09:00:00', message: 'The last backup failed.' },
  ])
  expect(result.modules).toMatchObject({
    odoo_backup_sh: { installed: true, configured: true, configured_iap: true },
    odoo_backup_sh_dropbox: { url: 'https://apps.odoo.com/apps/modules/16.0/odoo_backup_sh_dropbox/' },
    odoo_backup_sh_google_disk: { installed: false },
  })
  expect(result.cloud_params).toEqual({ 'odoo_backup_sh.odoo_oauth_uid': '42' })
  expect(result.up_balance_url).toBe('https://broker.example/credit/once')
  expect((await ask(api.tokens.look).expect(200)).body.result).not.toHaveProperty('up_balance_url')
  const limited = (await ask(api.tokens.shopOnly).expect(200)).body.result
  expect(limited.cloud_params).toEqual({})
  expect(limited.configs).toHaveLength(1)
  expect(JSON.stringify(result)).not.toMatch(/user_key|secret|access_key/)
})
