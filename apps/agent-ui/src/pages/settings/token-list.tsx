import type { DatabaseName, Role, TokenView } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { addToken, removeToken, tokens } from '../../api/calls.ts'
import { saysTheSame, useCatchUp } from '../../api/catch-up.ts'
import type { ApiError } from '../../api/client.ts'
import { useResource } from '../../api/resource.ts'
import { formatMoment } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'
import { FreshToken } from './fresh-token.tsx'

const ROLES = ['look', 'operate', 'administer'] as const satisfies readonly Role[]

/**
 * Who may come in besides the master password: Odoo's users, and tokens, which are made, shown once, removed. `told`: what
 * the page says already of an agent that does not answer.
 */
export function TokenList({
  databases,
  told,
}: {
  databases: readonly DatabaseName[]
  told: ApiError | undefined
}) {
  const { settings: words, language } = useMessages()
  const list = useResource('tokens', tokens)
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('look')
  const [database, setDatabase] = useState<DatabaseName>()
  const [fresh, setFresh] = useState<string>()
  const [leaving, setLeaving] = useState<TokenView>()
  const add = useAction(async () => {
    const made = await addToken({ name, role, ...(database === undefined ? {} : { database }) })
    setFresh(made.token)
    setName('')
    list.reload()
  })
  const complains = useCatchUp(list, saysTheSame(told, list.error))
  const error = (complains ? list.error : undefined) ?? add.error
  const isMissed = list.value === undefined && list.error !== undefined
  if (isMissed && !complains) return null
  const present = list.value?.items ?? []
  return (
    <div class="card stack">
      <h2>{words.tokens}</h2>
      <p class="soft small">
        {words.usersHelp} <a href="./api/api-documentation">{words.whatScriptsCanDo}</a>
      </p>
      {error && <Failure error={error} onRetry={list.reload} />}
      {present.length > 0 && (
        <ul class="plain-rows">
          {present.map(token => (
            <li key={token.name} class="beside-each-other">
              <span class="lines">
                <span>
                  <strong>{token.name}</strong> <span class="badge">{words.roles[token.role]}</span>
                </span>
                <span class="small soft">
                  {token.database === undefined ? words.allDatabases : <bdi>{token.database}</bdi>} ·{' '}
                  <span class="whole">{formatMoment(token.createdAt, language)}</span>
                </span>
              </span>
              <button
                type="button"
                class="button"
                aria-label={`${words.removeToken}: ${token.name}`}
                onClick={() => setLeaving(token)}
              >
                {words.removeToken}
              </button>
            </li>
          ))}
        </ul>
      )}
      {fresh !== undefined && <FreshToken token={fresh} />}
      {!isMissed && (
        <form
          class="row row-end"
          onSubmit={event => {
            event.preventDefault()
            void add.run()
          }}
        >
          <Field label={words.tokenName}>
            <input
              required
              pattern="[A-Za-z0-9_\-]{1,64}"
              title={words.tokenNameHelp}
              autocomplete="off"
              value={name}
              onInput={event => setName(event.currentTarget.value)}
            />
          </Field>
          <Field label={words.tokenRole}>
            <select
              value={role}
              onChange={event => setRole(ROLES.find(known => known === event.currentTarget.value) ?? 'look')}
            >
              {ROLES.map(known => (
                <option key={known} value={known}>
                  {words.roles[known]}
                </option>
              ))}
            </select>
          </Field>
          <Field label={words.tokenDatabase}>
            <select
              value={database ?? ''}
              onChange={event => setDatabase(databases.find(known => known === event.currentTarget.value))}
            >
              <option value="">{words.allDatabases}</option>
              {databases.map(known => (
                <option key={known} value={known}>
                  {known}
                </option>
              ))}
            </select>
          </Field>
          <button class="button" type="submit" aria-disabled={add.busy}>
            {words.makeToken}
          </button>
        </form>
      )}
      {leaving !== undefined && (
        <RemovalQuestion
          token={leaving}
          onClose={() => setLeaving(undefined)}
          onRemoved={() => {
            setLeaving(undefined)
            setFresh(undefined)
            list.reload()
          }}
        />
      )}
    </div>
  )
}

function RemovalQuestion(props: { token: TokenView; onClose: () => void; onRemoved: () => void }) {
  const { settings: words, app } = useMessages()
  const remove = useAction(async () => {
    await removeToken(props.token.name)
    props.onRemoved()
  })
  return (
    <Dialog title={words.removeTokenTitle(props.token.name)} onClose={props.onClose}>
      <p>{words.removeTokenText}</p>
      {remove.error && <Failure error={remove.error} />}
      <div class="row">
        <button
          type="button"
          class="button button-danger"
          aria-disabled={remove.busy}
          onClick={() => remove.run()}
        >
          {words.removeToken}
        </button>
        <button type="button" class="button" onClick={props.onClose}>
          {app.cancel}
        </button>
      </div>
    </Dialog>
  )
}
