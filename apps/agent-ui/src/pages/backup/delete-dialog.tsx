import type { BackupDetails } from '@odoo-backup/protocol'
import { useAction } from '../../api/action.ts'
import { deleteBackup } from '../../api/calls.ts'
import { formatBytes, formatMoment } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { ArchiveName } from '../../parts/archive-name.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Failure } from '../../parts/failure.tsx'
import { goTo } from '../../router.ts'

/** Asks before a backup goes, says what goes, and shows a refusal where it was asked. */
export function DeleteDialog({ backup, onClose }: { backup: BackupDetails; onClose: () => void }) {
  const { backup: words, backups, app, language } = useMessages()
  const removal = useAction(async () => goTo('jobs', (await deleteBackup(backup.name)).id))
  return (
    <Dialog title={words.deleteTitle} onClose={onClose}>
      <dl class="facts">
        <dt>{backups.database}</dt>
        <dd>
          <bdi>{backup.database}</bdi>
        </dd>
        <dt>{backups.takenAt}</dt>
        <dd>{formatMoment(backup.takenAt, language)}</dd>
        <dt>{backups.size}</dt>
        <dd>{formatBytes(backup.sizeBytes, language)}</dd>
        <dt>{words.file}</dt>
        <dd>
          <ArchiveName name={backup.name} />
        </dd>
      </dl>
      <p>{words.deleteText}</p>
      {backup.pinned && <p class="card tone-warn">{words.pinnedFirst}</p>}
      {removal.error && <Failure error={removal.error} />}
      <div class="row">
        <button
          type="button"
          class="button button-danger"
          aria-disabled={removal.busy}
          disabled={backup.pinned === true}
          onClick={() => removal.run()}
        >
          {words.deleteAction}
        </button>
        <button type="button" class="button" onClick={onClose}>
          {app.cancel}
        </button>
      </div>
    </Dialog>
  )
}
