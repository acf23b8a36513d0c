import { useEffect, useRef, useState } from 'preact/hooks'
import { useAction } from '../api/action.ts'
import { signIn, signInWithOdoo } from '../api/calls.ts'
import { useMessages } from '../messages/index.ts'
import { Failure } from '../parts/failure.tsx'
import { Field } from '../parts/field.tsx'

/** The door: one can type at once, and who came here by mistake finds the way to where they wanted. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const { signIn: words } = useMessages()
  const door = useRef<HTMLElement>(null)
  useEffect(() => {
    door.current?.querySelector('input')?.focus()
  }, [])
  return (
    <section ref={door} class="stack" style={{ maxWidth: '30rem', margin: '2rem auto' }}>
      <h1>{words.title}</h1>
      <SignInForms onSignedIn={onSignedIn} />
      {/* Beside this page lies Odoo itself, or the agent, which leads on to it. */}
      <p>
        <a href="../web/database/manager">{words.toManager}</a>
      </p>
      <p>
        <a href="../web/database/backups">{words.toPlainPage}</a>
      </p>
    </section>
  )
}

/** Both ways in: the server's master password, or an Odoo user for one database. */
export function SignInForms({ onSignedIn }: { onSignedIn: () => void }) {
  const { signIn: words } = useMessages()
  const [masterPassword, setMasterPassword] = useState('')
  const entry = useAction(async () => {
    await signIn(masterPassword)
    onSignedIn()
  })
  return (
    <>
      <form
        class="card stack"
        onSubmit={event => {
          event.preventDefault()
          void entry.run()
        }}
      >
        <p class="soft">{words.intro}</p>
        <Field label={words.masterPassword}>
          <input
            type="password"
            autocomplete="current-password"
            required
            value={masterPassword}
            onInput={event => setMasterPassword(event.currentTarget.value)}
          />
        </Field>
        {entry.error && <Failure error={entry.error} />}
        <button class="button button-main" type="submit" aria-disabled={entry.busy}>
          {words.action}
        </button>
      </form>
      <OdooSignIn onSignedIn={onSignedIn} />
    </>
  )
}

function OdooSignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const { signIn: words } = useMessages()
  const [database, setDatabase] = useState('')
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const entry = useAction(async () => {
    await signInWithOdoo(database, user, password)
    onSignedIn()
  })
  return (
    <details class="card">
      <summary>{words.withOdoo}</summary>
      <form
        class="stack"
        onSubmit={event => {
          event.preventDefault()
          void entry.run()
        }}
      >
        <p class="soft">{words.odooIntro}</p>
        <Field label={words.database}>
          <input required value={database} onInput={event => setDatabase(event.currentTarget.value)} />
        </Field>
        <Field label={words.user}>
          <input
            autocomplete="username"
            required
            value={user}
            onInput={event => setUser(event.currentTarget.value)}
          />
        </Field>
        <Field label={words.password}>
          <input
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={event => setPassword(event.currentTarget.value)}
          />
        </Field>
        {entry.error && <Failure error={entry.error} />}
        <button class="button" type="submit" aria-disabled={entry.busy}>
          {words.action}
        </button>
      </form>
    </details>
  )
}
