import type { Role } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { addToken, removeToken, tokens } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'

const ROLES = ['look', 'operate', 'administer'] as const satisfies readonly Role[]

/** Tokens for scripts: made, shown once, removed. */
export function TokenList() {
  const { settings: words } = useMessages()
  const list = useResource('tokens', tokens)
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('look')
  const [fresh, setFresh] = useState<string>()
  const add = useAction(async () => {
    const made = await addToken({ name, role })
    setFresh(made.token)
    setName('')
    list.reload()
  })
  const remove = useAction(async (token: string) => {
    await removeToken(token)
    list.reload()
  })
  const error = list.error ?? add.error ?? remove.error
  return (
    <div class="card stack">
      <h2>{words.tokens}</h2>
      {error && <Failure error={error} onRetry={list.reload} />}
      <ul class="stack-tight" style={{ margin: 0, paddingInlineStart: '1.2rem' }}>
        {list.value?.items.map(token => (
          <li key={token.name}>
            <span class="row">
              <strong>{token.name}</strong> {words.roles[token.role]}
              <button type="button" class="button" onClick={() => remove.run(token.name)}>
                {words.removeToken}
              </button>
            </span>
          </li>
        ))}
      </ul>
      {fresh !== undefined && (
        <div class="card tone-good stack-tight" role="status">
          <p>{words.tokenOnce}</p>
          <code>{fresh}</code>
        </div>
      )}
      <form
        class="row"
        onSubmit={event => {
          event.preventDefault()
          void add.run()
        }}
      >
        <Field label={words.tokenName}>
          <input
            required
            pattern="[A-Za-z0-9_\-]{1,64}"
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
        <button class="button" type="submit" disabled={add.busy}>
          {words.makeToken}
        </button>
      </form>
    </div>
  )
}
