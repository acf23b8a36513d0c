import type { BackupView } from '@odoo-backup/protocol'
import { formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'

/** What is known of a backup at a glance. */
export function BackupBadges({ backup }: { backup: BackupView }) {
  const { backups: words, language } = useMessages()
  const { verification, missingFiles } = backup
  return (
    <span class="row badges">
      {verification === undefined ? (
        <span class="badge soft">{words.notVerified}</span>
      ) : (
        <span
          class={`badge ${verification.passed ? 'tone-good' : 'tone-bad'}`}
          title={formatMoment(verification.at, language)}
        >
          {verification.passed ? words.verified : words.failedDrill}
        </span>
      )}
      {missingFiles !== undefined && missingFiles > 0 && (
        <span class="badge tone-warn">{words.missingFiles(missingFiles)}</span>
      )}
      {backup.format === 'dump' && <span class="badge">{words.withoutFiles}</span>}
      {backup.encrypted && <span class="badge">{words.encrypted}</span>}
      {backup.pinned && <span class="badge">{words.pinned}</span>}
      {backup.foreign && <span class="badge tone-warn">{words.foreign}</span>}
      {backup.lone && <span class="badge tone-warn">{words.half}</span>}
    </span>
  )
}
