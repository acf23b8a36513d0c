import type { AccountView } from '@odoo-backup/protocol'
import { useCatchUp } from '../../api/catch-up.ts'
import type { Resource } from '../../api/resource.ts'
import { formatMoment, numberFormat } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { AccountAddress } from '../../parts/account-address.tsx'
import { Failure } from '../../parts/failure.tsx'
import { useRecharge } from '../../parts/recharge.ts'

/**
 * The account with odoo-backup.sh: how it stands, what is left, and the way to more. Nothing with storage of one's own.
 * `isTold`: the page says already that the agent does not answer.
 */
export function AccountCard({ found, isTold }: { found: Resource<AccountView>; isTold: boolean }) {
  const { dashboard: words, language } = useMessages()
  const open = useRecharge()
  const complains = useCatchUp(found, isTold)
  if (found.error && complains) return <Failure error={found.error} onRetry={found.reload} />
  const { email, credit } = found.value ?? {}
  if (found.value?.connected !== true) return null
  const amount = (value: number) =>
    `${numberFormat(language, { maximumFractionDigits: 2 }).format(value)}\u00a0${words.currency(credit?.currencyLabel ?? '')}`
  return (
    <section class="card stack" aria-labelledby="account">
      <div class="row row-spread">
        <h2 id="account">{words.account}</h2>
        {/* Of an account that the operator suspended, nothing that is bought would help. */}
        {credit?.state !== 'suspended' && (
          <button type="button" class="button" aria-disabled={open.busy} onClick={() => open.run()}>
            {words.recharge}
          </button>
        )}
      </div>
      <dl class="facts">
        {email !== undefined && (
          <>
            <dt>{words.accountName}</dt>
            <dd>
              <AccountAddress email={email} />
            </dd>
          </>
        )}
        {credit !== undefined && (
          <>
            <dt>{words.standing}</dt>
            <dd>{words.standings[credit.state]}</dd>
            <dt>{words.balance}</dt>
            <dd class="number">{amount(credit.kept + (credit.held ?? 0))}</dd>
            {credit.owed > 0 && (
              <>
                <dt>{words.owed}</dt>
                <dd class="number field-error">{amount(credit.owed)}</dd>
              </>
            )}
            {credit.paidUntil !== undefined && (
              <>
                <dt>{words.paidUntil}</dt>
                <dd>{formatMoment(credit.paidUntil, language)}</dd>
              </>
            )}
          </>
        )}
      </dl>
      {open.error && <Failure error={open.error} />}
    </section>
  )
}
