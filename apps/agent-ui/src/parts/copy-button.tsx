import { useState } from 'preact/hooks'
import { useMessages } from '../messages/index.ts'

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text }: { text: () => string }) {
  const { app } = useMessages()
  const [copied, setCopied] = useState(false)
  return (
    <>
      <button
        type="button"
        class="button"
        onClick={async () => {
          setCopied(await copyText(text()))
          setTimeout(() => setCopied(false), 3000)
        }}
      >
        {app.copy}
      </button>
      <span class="small soft" role="status">
        {copied ? app.copied : ''}
      </span>
    </>
  )
}

/** Browsers give the clipboard to pages of https and of this machine alone; others have the older way. */
async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // Not permitted: the older way may still be.
    }
  }
  const area = document.createElement('textarea')
  area.value = text
  area.readOnly = true
  area.className = 'visually-hidden'
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}
