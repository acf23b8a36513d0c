import { type Action, useAction } from '../api/action.ts'
import { rechargeLink } from '../api/calls.ts'
import { ApiError } from '../api/client.ts'
import { useMessages } from '../messages/index.ts'

/** Leads to where credit is bought, in another tab. */
export function useRecharge(): Action<[]> {
  const { dashboard: words } = useMessages()
  return useAction(async () => {
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
}
