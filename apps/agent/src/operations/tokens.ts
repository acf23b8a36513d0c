import { TokenView } from '@odoo-backup/protocol'
import { z } from 'zod'
import { type IniDocument, sectionsOf, valueIn, withoutSection, withValue } from '../config/ini-document.ts'
import { PREFIX } from '../config/keys.ts'
import type { ConfigurationStore } from '../config/store.ts'
import { AgentError } from '../errors.ts'
import type { AgentAdministration, StoredToken } from '../operations.ts'

const Stored = TokenView.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) })

const section = (name: string) => `token ${name}`

/** API tokens, kept as hashes in sections `[token NAME]` of the configuration file. */
export function tokenOperations(
  store: ConfigurationStore,
): Pick<AgentAdministration, 'tokens' | 'addToken' | 'removeToken'> {
  return {
    tokens: async () => storedTokens((await store.refresh()).document),
    addToken: async token => {
      await store.change(document => {
        if (sectionsOf(document).includes(section(token.name))) {
          throw new AgentError('invalid_request', `There is a token ${token.name} already.`)
        }
        return withToken(document, token)
      })
    },
    removeToken: async name => {
      await store.change(document => {
        if (!sectionsOf(document).includes(section(name))) {
          throw new AgentError('invalid_request', `There is no token ${name}.`)
        }
        return withoutSection(document, section(name))
      })
    },
  }
}

function storedTokens(document: IniDocument): StoredToken[] {
  return sectionsOf(document).flatMap(header => {
    if (!header.startsWith('token ')) return []
    const value = (key: string) => valueIn(document, header, PREFIX + key)
    const token = Stored.safeParse({
      name: header.slice('token '.length),
      role: value('role'),
      database: value('database'),
      createdAt: value('created_at'),
      sha256: value('sha256'),
    })
    return token.success ? [token.data] : []
  })
}

function withToken(document: IniDocument, token: StoredToken): IniDocument {
  const values: [string, string | undefined][] = [
    ['role', token.role],
    ['database', token.database],
    ['created_at', token.createdAt],
    ['sha256', token.sha256],
  ]
  return values.reduce(
    (changed, [key, value]) => withValue(changed, section(token.name), PREFIX + key, value),
    document,
  )
}
