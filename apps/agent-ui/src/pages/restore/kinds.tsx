import type { RestorePlan } from '@odoo-backup/protocol'
import { useMessages } from '../../messages/index.ts'
import { Choices } from '../../parts/choices.tsx'
import type { Wishes } from './guided-restore.tsx'

/** A copy or the original, neutralised or live: as the agent proposes, with its reason, until somebody chooses. */
export function Kinds(props: { plan: RestorePlan; wishes: Wishes; onChange: (change: Wishes) => void }) {
  const { restore: words } = useMessages()
  const { plan, wishes, onChange } = props
  const copy = wishes.copy ?? plan.copy
  const neutralise = wishes.neutralise ?? plan.neutralise
  const original = plan.original
  return (
    <>
      {plan.reason !== 'chosen' && <p class="proposal">{words.reasons[plan.reason]}</p>}
      <Choices
        legend={words.kind}
        value={copy}
        onChange={wish => onChange({ copy: wish })}
        options={[
          { value: true, label: words.asCopy, help: words.asCopyHelp },
          { value: false, label: words.moved, help: words.movedHelp },
        ]}
      />
      <Choices
        legend={words.outside}
        value={neutralise}
        onChange={wish => onChange({ neutralise: wish })}
        options={[
          { value: true, label: words.neutralise },
          { value: false, label: words.live },
        ]}
      />
      {copy && !neutralise && <p class="card tone-warn">{words.liveCopy(original)}</p>}
    </>
  )
}
