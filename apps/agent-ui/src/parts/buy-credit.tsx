import { useMessages } from '../messages/index.ts'
import { Failure } from './failure.tsx'
import { useRecharge } from './recharge.ts'

/** Leads to where credit is bought; below it stands why it does not. */
export function BuyCredit() {
  const { dashboard: words } = useMessages()
  const open = useRecharge()
  return (
    <div class="stack-tight">
      <div>
        <button type="button" class="button button-main" aria-disabled={open.busy} onClick={() => open.run()}>
          {words.recharge}
        </button>
      </div>
      {open.error && <Failure error={open.error} />}
    </div>
  )
}
