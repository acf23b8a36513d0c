import { useMessages } from '../../messages/index.ts'
import { StorageForm } from '../settings/storage-form.tsx'

/** Where backups go; goes on only once the storage really answers. */
export function ChooseStorage({ onDone }: { onDone: () => void }) {
  const { setup: words } = useMessages()
  return (
    <div class="stack">
      <p>{words.storageIntro}</p>
      <StorageForm onConnected={onDone} />
    </div>
  )
}
