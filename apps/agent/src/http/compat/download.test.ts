import { beforeEach, describe, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { type AgentHttpFixture, agentHttp, signIn } from '../../../../../test/fixtures/agent-http.ts'
import { mintToken } from '../access/tokens.ts'

let fixture: AgentHttpFixture
beforeEach(() => {
  fixture = agentHttp()
})

describe('the former path of a download', () => {
  const name = 'shop.2026-01-31_04-00-00.zip'
  const download = (id: string) => fixture.browser.get(`/web/database/backup?backup_id=${id}`)
  beforeEach(() => {
    fixture.agent.keep(name, 'shop')
  })

  test('asks a stranger for the master password and gives nothing', async () => {
    const { text, headers } = await download(name).expect(200)
    expect(text).toContain('name="master_pwd"')
    expect(headers['content-type']).toContain('text/html')
    expect(text).not.toContain(`content of ${name}`)
  })

  test('sends the archive under its name', async () => {
    await signIn(fixture)
    const { headers, body } = await download(name).buffer(true).expect(200)
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['content-disposition']).toBe(`attachment; filename=${name}`)
    expect(String(body)).toBe(`content of ${name}`)
  })

  test('knows none by a number of the former module, and none without a name', async () => {
    await signIn(fixture)
    await download('17').expect(404)
    await fixture.browser.get('/web/database/backup').expect(404)
  })

  test('is for administrators of that database alone', async () => {
    const ask = (role: 'operate' | 'administer', database: string) => {
      const limited = DatabaseName.parse(database)
      const { token, stored } = mintToken(
        { name: `${role}-${database}`, role, database: limited },
        new Date(0),
      )
      fixture.agent.storedTokens.push(stored)
      return fixture
        .script()
        .get(`/web/database/backup?backup_id=${name}`)
        .set('authorization', `Bearer ${token}`)
    }
    await ask('operate', 'shop').expect(403)
    await ask('administer', 'crm').expect(403)
    await ask('administer', 'shop').expect(200)
  })
})
