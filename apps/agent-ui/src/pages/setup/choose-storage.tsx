import { useAction } from '../../api/action.ts'
import { connectStorage } from '../../api/log-in-return.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { StorageForm } from '../settings/storage-form.tsx'

/** Where backups go; goes on only once the storage really answers. */
export function ChooseStorage({ onDone }: { onDone: () => void }) {
  const { setup: words } = useMessages()
  const connect = useAction(async () => {
    if (await connectStorage()) onDone()
  })
  return (
    <div class="stack">
      <p>{words.storageIntro}</p>
      <StorageForm />
      {connect.error && <Failure error={connect.error} />}
      <div>
        <button
          type="button"
          class="button button-main"
          disabled={connect.busy}
          onClick={() => connect.run()}
        >
          {words.connect}
        </button>
      </div>
    </div>
  )
}
