import type { JobView } from '@odoo-backup/protocol'
import { useMessages } from '../messages/index.ts'

/** What neutralising a restored database did, and what it could not know of. */
export function Neutralised({ report }: { report: NonNullable<JobView['neutralised']> }) {
  const { jobs: words } = useMessages()
  return (
    <div class="card stack-tight">
      <h2>{words.neutralised}</h2>
      <ul>
        {report.statements.map(({ what, rows }) => (
          <li key={what}>
            {what} <span class="soft number">({rows})</span>
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
