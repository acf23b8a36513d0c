import { useEffect, useRef } from 'preact/hooks'
import { useMessages } from '../../messages/index.ts'
import { CopyButton } from '../../parts/copy-button.tsx'

/** A token that was just made, to be copied: it is shown this once. */
export function FreshToken({ token }: { token: string }) {
  const { settings: words } = useMessages()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [token])
  return (
    <div class="card tone-good stack-tight" role="status">
      <label for="fresh-token">{words.tokenOnce}</label>
      <div class="row">
        <input id="fresh-token" class="input token" readOnly ref={field} value={token} />
        <CopyButton text={() => token} />
      </div>
    </div>
  )
}
