import { type HealthReport, type Html, html } from '@odoo-backup/service'
import { NOTES } from '../billing/notes.ts'
import type { MissingPlan } from '../billing/plans/missing-plans.ts'
import { time } from '../pages/time.ts'
import type { ConsoleMessages } from './messages/index.ts'
import type { Operator } from './operator-door.ts'
import type { Overview } from './overview.ts'
import { includes } from './roles.ts'
import { isBehind, type OwnWorkSeen, workTable, workWarnings } from './work-section.ts'

export interface HealthPageContent {
  readonly report: HealthReport
  readonly overview: Overview
  /** Why billing rests; `undefined`: it runs. */
  readonly pausedReason: string | undefined
  /** No plan costs anything. */
  readonly isFree: boolean
  /** Since when a payment is open that nothing but an operator ends; undefined: there is none. */
  readonly stuckSince: Date | undefined
  readonly missingPlans: readonly MissingPlan[]
  readonly work: OwnWorkSeen
}

const TONES = { ok: 'good', degraded: 'warn', failed: 'danger', unknown: undefined, behind: 'warn' } as const

/** Which sentence tells all of it. */
function toldState({ state, checks }: HealthReport, work: OwnWorkSeen): keyof typeof TONES {
  if (state !== 'ok') return state
  if (isBehind(work)) return 'behind'
  return Object.values(checks).some(check => check.state === 'unknown') ? 'unknown' : 'ok'
}

/** How the service is: what it stands on, how much there is, what happened lately. */
export function healthPage(
  { role, words }: Pick<Operator, 'role' | 'words'>,
  { report, overview, pausedReason, isFree, stuckSince, missingPlans, work }: HealthPageContent,
): Html {
  const { accounts, suspended, approved, pending, revoked, lately } = overview
  const own = words.health
  const checks: Readonly<Record<string, string>> = own.checks
  const faults: Readonly<Record<string, string>> = own.faults
  const figure = (label: (count: number) => string, value: number) =>
    html`<div class="card"><p class="figure">${value.toLocaleString(words.language)}</p><p class="quiet">${label(value)}</p></div>`
  const told = toldState(report, work)
  // What it stands on is not all: where something below it waits for somebody, it is not the colour that is seen first.
  const isCalm = pausedReason === undefined && stuckSince === undefined && missingPlans.length === 0
  const tone = TONES[told] ?? TONES.ok
  return html`<p class="card ${(isCalm || tone !== TONES.ok) && tone}" role="status">${own.sentences[told]}</p>
${Object.entries(report.checks).map(([name, { state }]) => state !== 'ok' && state !== 'unknown' && html`<p class="card ${TONES[state]}">${faults[name] ?? checks[name] ?? name} ${own.logTells}</p>`)}
${pausedReason !== undefined && html`<p class="card warn">${own.billingRests(html`<bdi>${whyItRests(words, pausedReason)}</bdi>`)}</p>`}
${stuckSince !== undefined && html`<p class="card warn">${own.stuck(time(stuckSince))}</p>`}
${workWarnings(words, work)}
${missingPlans.map(({ plan, accounts }) => html`<p class="card warn">${own.missingPlan(plan, accounts)}</p>`)}
<dl>${Object.entries(report.checks).map(
    // What a check says beside its state is for programs, and English.
    ([name, { state }]) =>
      html`<dt>${checks[name] ?? name}</dt><dd${TONES[state] !== undefined && html` class="${TONES[state]}"`}>${own.checkStates[state]}</dd>`,
  )}</dl>
<div class="grid">${figure(own.figures.accounts, accounts)}${figure(own.figures.suspended, suspended)}${figure(own.figures.approved, approved)}${figure(own.figures.pending, pending)}${figure(own.figures.revoked, revoked)}</div>
${pausedReason === undefined && (isFree ? html`<p>${own.nothingCharged}</p>` : html`<p class="good">${own.billingRuns}</p>`)}
${includes(role, 'billing') && html`<p><a href="/operator/billing">${own.allAboutBilling}</a></p>`}
${workTable(words, work.goes)}
<h2>${own.lately}</h2>
<p class="quiet">${own.lastEvents(lately.events.toLocaleString(words.language))}${lately.since !== undefined && own.since(time(lately.since))}.</p>
${lately.events > 0 && latelyTable(words, lately.groups)}`
}

/** Why billing rests: what the broker found in the reader's language, what an operator wrote as they wrote it. */
export function whyItRests({ notes }: ConsoleMessages, reason: string): string {
  for (const code of ['restored', 'forgotten', 'unwitnessed'] as const)
    if (reason === NOTES[code]) return notes[code]
  return reason
}

function latelyTable(words: ConsoleMessages, groups: Overview['lately']['groups']): Html {
  const { howOften } = words.health
  return html`<div class="table"><table class="cards"><thead><tr><th>${words.what}</th><th>${words.outcome}</th><th class="number">${howOften}</th></tr></thead><tbody>
${groups.map(
  ({ action, outcome, count }) =>
    html`<tr><td data-label="${words.what}"><a href="/operator/audit?${new URLSearchParams({ action, outcome }).toString()}">${action}</a></td>
<td data-label="${words.outcome}"><span class="badge ${outcome === 'refused' ? 'danger' : 'good'}">${words.outcomes[outcome]}</span></td>
<td data-label="${howOften}" class="number">${count}</td></tr>`,
)}
</tbody></table></div>`
}
