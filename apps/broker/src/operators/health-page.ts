import { type HealthReport, type Html, html } from '@odoo-backup/service'
import { time } from '../pages/time.ts'
import { includes, type Operator } from './operator-door.ts'
import type { Overview } from './overview.ts'

export interface HealthPageContent {
  readonly report: HealthReport
  readonly overview: Overview
  /** Why billing rests; `undefined`: it runs. */
  readonly pausedReason: string | undefined
  /** Since when a payment is open that nothing but an operator ends; undefined: there is none. */
  readonly stuckSince: Date | undefined
}

const WORDS = {
  ok: ['good', 'works'],
  degraded: ['warn', 'does not answer as it should'],
  failed: ['danger', 'does not answer'],
} as const
const SENTENCES = {
  ok: 'Everything that this broker stands on works.',
  degraded: 'It serves, but not everything that it stands on works.',
  failed: 'Something that it stands on does not answer.',
} as const
const NAMES: Readonly<Record<string, string>> = {
  database: 'Registry (PostgreSQL)',
  redis: 'Shared memory (Redis)',
  sts: 'Token service of the store (STS)',
}

/** How the service is: what it stands on, how much there is, what happened lately. */
export function healthPage(
  { role }: Operator,
  { report, overview, pausedReason, stuckSince }: HealthPageContent,
): Html {
  const { accounts, suspended, approved, pending, revoked, lately } = overview
  const figure = (label: string, value: number) =>
    html`<div class="card"><p class="figure">${value.toLocaleString('en')}</p><p class="quiet">${label}</p></div>`
  return html`<p class="card ${WORDS[report.state][0]}" role="status">${SENTENCES[report.state]}</p>
<dl>${Object.entries(report.checks).map(
    ([name, { state, detail }]) =>
      html`<dt>${NAMES[name] ?? name}</dt><dd class="${WORDS[state][0]}">${WORDS[state][1]}${detail !== undefined && `: ${detail}`}</dd>`,
  )}</dl>
<div class="grid">${figure('accounts', accounts)}${figure('of them suspended', suspended)}${figure('approved instances', approved)}${figure('waiting for approval', pending)}${figure('revoked instances', revoked)}</div>
<h2>Billing</h2>
${
  pausedReason === undefined
    ? html`<p class="good">It runs.</p>`
    : html`<p class="card warn">It rests, and nobody is refused meanwhile: <bdi>${pausedReason}</bdi></p>`
}
${
  stuckSince !== undefined &&
  html`<p class="card warn">A payment is in doubt since ${time(stuckSince)}, and its account is served meanwhile. On the page of billing it is seen, and ended by what the payment service shows of it.</p>`
}
${includes(role, 'billing') && html`<p><a href="/operator/billing">All about billing</a></p>`}
<h2>Lately</h2>
<p class="quiet">The last ${lately.events.toLocaleString('en')} events of the audit log${lately.since !== undefined && html`, since ${time(lately.since)}`}.</p>
${lately.events > 0 && latelyTable(lately.groups)}`
}

function latelyTable(groups: Overview['lately']['groups']): Html {
  return html`<div class="table"><table class="cards"><thead><tr><th>What</th><th>Outcome</th><th class="number">How often</th></tr></thead><tbody>
${groups.map(
  ({ action, outcome, count }) =>
    html`<tr><td data-label="What"><a href="/operator/audit?${new URLSearchParams({ action, outcome }).toString()}">${action}</a></td>
<td data-label="Outcome"><span class="badge ${outcome === 'refused' ? 'danger' : 'good'}">${outcome}</span></td>
<td data-label="How often" class="number">${count}</td></tr>`,
)}
</tbody></table></div>`
}
