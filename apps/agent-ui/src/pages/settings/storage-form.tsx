import type { AgentSettings } from '@odoo-backup/protocol'
import { useEffect, useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { account, changeSettings, settings, tryStorage } from '../../api/calls.ts'
import { connectStorage, isBackFromLogIn } from '../../api/log-in-return.ts'
import { useResource } from '../../api/resource.ts'
import { saveChange } from '../../api/save-change.ts'
import { useMessages } from '../../messages/index.ts'
import { AccountAddress } from '../../parts/account-address.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useFaultAt, useFirstFault } from '../../parts/field-faults.ts'
import { NotSaved } from './not-saved.tsx'
import { losesKeys, storageChangeOf, storageDraftOf } from './storage-draft.ts'
import { StorageFields } from './storage-fields.tsx'

type Done = 'tried' | 'saved'

/** The place with what tells its secret key from another. */
function placeOf({ storage, secretRevisions }: AgentSettings) {
  return [storage, secretRevisions['storage.secretAccessKey']]
}

/**
 * Where backups go. What was entered is tried before it replaces what works. With `onConnected`, as in the first
 * set-up, what follows opens only when the storage really answers.
 */
export function StorageForm(props: { current: AgentSettings; onConnected?: () => void }) {
  const { storage: words, dashboard, setup, app } = useMessages()
  const { onConnected } = props
  const [whole, setWhole] = useState(props.current)
  const current = whole.storage
  const [conflict, setConflict] = useState<AgentSettings>()
  const [draft, setDraft] = useState(() => storageDraftOf(current))
  const [done, setDone] = useState<Done>()
  const [asking, setAsking] = useState(false)
  const [triedKind, setTriedKind] = useState(draft.kind)
  const known = useResource('account', account, 600)
  const isConnected = current.kind === 'broker' && draft.kind === 'broker' && known.value?.connected === true

  const attempt = useAction(async () => {
    setDone(undefined)
    setTriedKind(draft.kind)
    await tryStorage(storageChangeOf(draft))
    setDone('tried')
  })
  const show = (now: AgentSettings) => {
    setConflict(undefined)
    setWhole(now)
    setDraft(storageDraftOf(now.storage))
  }
  const save = useAction(async ({ untried, over = whole }: { untried: boolean; over?: AgentSettings }) => {
    setDone(undefined)
    setTriedKind(draft.kind)
    setConflict(undefined)
    if (draft.kind !== 'broker' && !untried) await tryStorage(storageChangeOf(draft))
    if (draft.kind !== 'broker' || current.kind !== 'broker') {
      const outcome = await saveChange({
        base: over,
        send: revision => changeSettings({ storage: storageChangeOf(draft) }, revision),
        latest: () => settings(),
        // A place is one thing: half of one and half of another would be neither.
        conflicts: (before, latest) =>
          JSON.stringify(placeOf(before)) === JSON.stringify(placeOf(latest)) ? [] : ['storage'],
      })
      if (outcome.kind === 'conflict') {
        setConflict(outcome.latest)
        return
      }
      show(outcome.view)
    }
    if (draft.kind === 'broker' && !(await connectStorage())) return
    known.reload()
    if (onConnected === undefined) setDone('saved')
    else onConnected()
  })
  // Whoever comes back from the log-in goes on where it interrupted them.
  useEffect(() => {
    if (onConnected !== undefined && draft.kind === 'broker' && isBackFromLogIn()) {
      void save.run({ untried: false })
    }
  }, [])

  // What was wrong with one kind of place says nothing of another.
  const error = triedKind === draft.kind ? (save.error ?? attempt.error) : undefined
  const faultAt = useFaultAt(error)
  const form = useFirstFault(error)
  const busy = save.busy || attempt.busy
  const mayStayUntried =
    error !== undefined && error === save.error && draft.kind !== 'broker' && onConnected === undefined
  return (
    <form
      ref={form}
      class="card stack"
      onSubmit={event => {
        event.preventDefault()
        if (busy) return
        if (losesKeys(current, draft)) setAsking(true)
        else void save.run({ untried: false })
      }}
    >
      <h2>{words.title}</h2>
      <StorageFields
        current={current}
        draft={draft}
        faultAt={name => faultAt(`storage.${name}`)}
        onChange={next => {
          setDraft(next)
          setDone(undefined)
        }}
      />
      {isConnected && known.value?.email !== undefined && (
        <p>
          {dashboard.accountName} <AccountAddress email={known.value.email} />
        </p>
      )}
      <NotSaved
        error={error}
        overtaken={
          conflict && {
            names: [words.where],
            onLoad: () => show(conflict),
            onInsist: () => save.run({ untried: false, over: conflict }),
          }
        }
      />
      <div class="row">
        <button class="button button-main" type="submit" aria-disabled={busy}>
          {onConnected !== undefined
            ? setup.connect[draft.kind]
            : isConnected
              ? words.test
              : words.tryAndSave[draft.kind]}
        </button>
        {/* The broker is tried by connecting, which leads to its log-in where there is need. */}
        {draft.kind !== 'broker' && (
          <button
            type="button"
            class="button"
            aria-disabled={busy}
            onClick={event => {
              if (!busy && event.currentTarget.form?.reportValidity()) void attempt.run()
            }}
          >
            {words.test}
          </button>
        )}
        {mayStayUntried && (
          <button
            type="button"
            class="button button-danger"
            aria-disabled={busy}
            onClick={() => !busy && save.run({ untried: true })}
          >
            {words.saveUntried}
          </button>
        )}
        <span role="status">
          {busy
            ? words.trying
            : done === 'tried'
              ? words.testOk[draft.kind]
              : done === 'saved'
                ? draft.kind === 'broker'
                  ? words.testOk.broker
                  : app.saved
                : ''}
        </span>
      </div>
      {asking && (
        <KeysQuestion
          bucket={current.bucket ?? ''}
          onClose={() => setAsking(false)}
          onAgreed={() => {
            setAsking(false)
            void save.run({ untried: false })
          }}
        />
      )}
    </form>
  )
}

function KeysQuestion(props: { bucket: string; onClose: () => void; onAgreed: () => void }) {
  const { storage: words, app } = useMessages()
  return (
    <Dialog title={words.losesKeysTitle} onClose={props.onClose}>
      <p>{words.losesKeys(props.bucket)}</p>
      <div class="row">
        <button type="button" class="button button-danger" onClick={props.onAgreed}>
          {words.losesKeysAction}
        </button>
        <button type="button" class="button" onClick={props.onClose}>
          {app.cancel}
        </button>
      </div>
    </Dialog>
  )
}
