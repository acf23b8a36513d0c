import type { JobView, NeutraliseStep } from '@odoo-backup/protocol'
import { en } from '../messages/en/index.ts'
import { useMessages } from '../messages/index.ts'

/** What neutralising a restored database did, and what it could not know of. */
export function Neutralised({ report }: { report: NonNullable<JobView['neutralised']> }) {
  const { jobs: words } = useMessages()
  return (
    <div class="card stack-tight">
      <h2>{words.neutralised}</h2>
      <ul>
        {report.statements.map(({ step, what, rows }) => (
          <li key={what}>
            {isKnown(step) ? words.neutraliseSteps[step] : what} <span class="soft number">({rows})</span>
          </li>
        ))}
      </ul>
      {report.modules.length > 0 && (
        <p class="small">
          {words.neutralisedByModules} <span dir="auto">{report.modules.join(', ')}</span>
        </p>
      )}
      {report.notCovered.length > 0 && (
        <p class="small">
          {words.notCovered} <span dir="auto">{report.notCovered.join(', ')}</span>
        </p>
      )}
    </div>
  )
}

function isKnown(step: string | undefined): step is NeutraliseStep {
  return step !== undefined && Object.hasOwn(en.jobs.neutraliseSteps, step)
}
