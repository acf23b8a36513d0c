import type { Progress } from '@odoo-backup/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { upload, uploadType } from '../../api/upload.ts'
import { formatBytes } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'
import { ProgressBar } from '../../parts/progress-bar.tsx'
import type { Chosen } from './guided-restore.tsx'
import { uploadProgress } from './upload-progress.ts'

/** Sends a file of one's own, which then takes the same path as a stored backup. */
export function UploadForm({ onUploaded }: { onUploaded: (chosen: Chosen) => void }) {
  const { restore: words, app, language } = useMessages()
  const [progress, setProgress] = useState<Progress>()
  const [refused, setRefused] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const ending = useRef(new AbortController())
  // Nobody would see how it goes on, nor what came of it.
  useEffect(() => () => ending.current.abort(), [])
  const sending = useAction(async (file: File) => {
    const type = uploadType(file.name)
    setRefused(type === undefined)
    if (type === undefined) return
    ending.current = new AbortController()
    const begun = performance.now()
    const tell = (sentBytes: number) =>
      setProgress(uploadProgress(sentBytes, file.size, (performance.now() - begun) / 1000))
    tell(0)
    const id = await upload(file, type, tell, ending.current.signal)
    onUploaded({
      source: { kind: 'upload', upload: id, name: file.name },
      title: file.name,
      detail: formatBytes(file.size, language),
    })
  })
  const isEnded = sending.error?.code === 'cancelled'
  // A file that was not sent can be chosen once more.
  useEffect(() => {
    if (sending.error !== undefined && input.current !== null) input.current.value = ''
  }, [sending.error])
  return (
    <div class="card stack">
      <h2>{words.upload}</h2>
      <p class="small soft">{words.uploadHelp}</p>
      <Field label={words.uploadFile} error={refused ? words.uploadRefused : undefined}>
        <input
          ref={input}
          type="file"
          disabled={sending.busy}
          accept=".zip,.dump,.enc"
          onChange={event => {
            const [file] = event.currentTarget.files ?? []
            if (file !== undefined) void sending.run(file)
          }}
        />
      </Field>
      {sending.busy && progress !== undefined && (
        <>
          <ProgressBar progress={progress} />
          <p class="small soft">{words.stayOpen}</p>
          <div class="row">
            <button type="button" class="button" onClick={() => ending.current.abort()}>
              {app.cancel}
            </button>
          </div>
        </>
      )}
      {sending.error && !isEnded && <Failure error={sending.error} />}
    </div>
  )
}
