import { settings } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { StorageForm } from '../settings/storage-form.tsx'

/** Where backups go; goes on only once the storage really answers. */
export function ChooseStorage({ onDone }: { onDone: () => void }) {
  const { setup: words } = useMessages()
  const found = useResource('agent-settings', settings)
  return (
    <div class="stack">
      <p>{words.storageIntro}</p>
      {found.error ? (
        <Failure error={found.error} onRetry={found.reload} />
      ) : (
        found.value && <StorageForm current={found.value} onConnected={onDone} />
      )}
    </div>
  )
}
