import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { upload, uploadType } from '../../api/upload.ts'
import { formatBytes } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'
import type { Chosen } from './guided-restore.tsx'

/** Sends a file of one's own, which then takes the same path as a stored backup. */
export function UploadForm({ onUploaded }: { onUploaded: (chosen: Chosen) => void }) {
  const { restore: words, language } = useMessages()
  const [share, setShare] = useState<number>()
  const [refused, setRefused] = useState(false)
  const sending = useAction(async (file: File) => {
    const type = uploadType(file.name)
    setRefused(type === undefined)
    if (type === undefined) return
    setShare(0)
    const id = await upload(file, type, setShare)
    onUploaded({
      source: { kind: 'upload', upload: id, name: file.name },
      title: file.name,
      detail: formatBytes(file.size, language),
    })
  })
  const percent = share === undefined ? 0 : Math.floor(share * 100)
  return (
    <div class="card stack">
      <h2>{words.upload}</h2>
      <p class="small soft">{words.uploadHelp}</p>
      <Field label={words.uploadFile} error={refused ? words.uploadRefused : undefined}>
        <input
          type="file"
          disabled={sending.busy}
          accept=".zip,.dump,.enc"
          onChange={event => {
            const [file] = event.currentTarget.files ?? []
            if (file !== undefined) void sending.run(file)
          }}
        />
      </Field>
      {sending.busy && (
        <div class="stack-tight">
          <p class="number">
            {words.uploading} {`${percent}\u00a0%`}
          </p>
          <div
            class="progress-bar"
            role="progressbar"
            aria-label={words.uploading}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
          >
            <span style={{ width: `${percent}%` }} />
          </div>
        </div>
      )}
      {sending.error && <Failure error={sending.error} />}
    </div>
  )
}
