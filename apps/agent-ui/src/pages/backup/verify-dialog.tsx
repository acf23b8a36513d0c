import type { BackupDetails } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { verify } from '../../api/calls.ts'
import { useMessages } from '../../messages/index.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'
import { goTo } from '../../router.ts'

/** An encrypted backup is verified with its password; left empty, the one of the settings is taken. */
export function VerifyDialog({ backup, onClose }: { backup: BackupDetails; onClose: () => void }) {
  const { backup: words, restore, app } = useMessages()
  const [password, setPassword] = useState('')
  const drill = useAction(async () => {
    goTo('jobs', (await verify(backup.name, password === '' ? undefined : password)).id)
  })
  return (
    <Dialog title={words.verify} onClose={onClose}>
      <p>{words.verifyText}</p>
      <form
        class="stack"
        onSubmit={event => {
          event.preventDefault()
          void drill.run()
        }}
      >
        <Field label={restore.password} help={words.verifyPasswordHelp}>
          <input
            type="password"
            autocomplete="off"
            value={password}
            onInput={event => setPassword(event.currentTarget.value)}
          />
        </Field>
        {drill.error && <Failure error={drill.error} />}
        <div class="row">
          <button type="submit" class="button button-main" aria-disabled={drill.busy}>
            {words.verify}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {app.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
