import { useAction } from '../../api/action.ts'
import { account, rechargeLink } from '../../api/calls.ts'
import { ApiError } from '../../api/client.ts'
import { useResource } from '../../api/resource.ts'
import { formatMoment } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { AccountAddress } from '../../parts/account-address.tsx'
import { Failure } from '../../parts/failure.tsx'

/** The account with odoo-backup.sh: how it stands, what is left, and the way to more. Nothing with storage of one's own. */
export function AccountCard() {
  const { dashboard: words, language } = useMessages()
  const found = useResource('account', account, 600)
  const open = useAction(async () => {
    // Opened at once and led on later: browsers block what is opened after an answer came.
    const tab = window.open('', '_blank')
    try {
      const { rechargeLink: link } = await rechargeLink()
      if (link === undefined || !/^https?:\/\//i.test(link))
        throw new ApiError('unknown', 0, words.noRecharge)
      if (tab === null) window.location.assign(link)
      else {
        tab.opener = null
        tab.location.replace(link)
      }
    } catch (error) {
      tab?.close()
      throw error
    }
  })
  if (found.error) return <Failure error={found.error} onRetry={found.reload} />
  const { email, credit } = found.value ?? {}
  if (found.value?.connected !== true) return null
  const amount = (value: number) =>
    `${new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(value)} ${words.currency(credit?.currencyLabel ?? '')}`
  return (
    <section class="card stack" aria-labelledby="account">
      <div class="row row-spread">
        <h2 id="account">{words.account}</h2>
        <button type="button" class="button" aria-disabled={open.busy} onClick={() => open.run()}>
          {words.recharge}
        </button>
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
