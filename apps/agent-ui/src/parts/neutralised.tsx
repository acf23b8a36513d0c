import type { JobView, NeutraliseStep } from '@odoo-backup/protocol'
import { en } from '../messages/en/index.ts'
import { useMessages } from '../messages/index.ts'

/** What neutralising a restored database did, and what it could not know of. */
export function Neutralised({ report }: { report: NonNullable<JobView['neutralised']> }) {
  const { jobs: words } = useMessages()
  const nameOf = ({ step, what }: (typeof report.statements)[number]) =>
    isKnown(step) ? words.neutraliseSteps[step] : what
  const done = report.statements.filter(({ rows }) => rows > 0)
  const idle = report.statements.filter(({ rows }) => rows === 0)
  return (
    <div class="card stack-tight">
      <h2>{words.neutralised}</h2>
      <ul>
        {done.map(statement => (
          <li key={statement.what}>
            {nameOf(statement)} <span class="soft number">({statement.rows})</span>
          </li>
        ))}
      </ul>
      {idle.length > 0 && (
        <p class="small soft">
          {words.nothingToNeutralise} {idle.map(nameOf).join('; ')}
        </p>
      )}
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
