import type { RetentionFrame } from '@odoo-backup/protocol'
import type { Messages } from '../en/index.ts'

const FRAMES: Readonly<
  Record<RetentionFrame, { readonly its: string; readonly many: string; readonly not: string }>
> = {
  hourly: { its: 'ihrer Stunde', many: 'Stunden', not: 'nicht aus der neuesten Stunde' },
  daily: { its: 'ihres Tages', many: 'Tage', not: 'nicht vom neuesten Tag' },
  weekly: { its: 'ihrer Woche', many: 'Wochen', not: 'nicht aus der neuesten Woche' },
  monthly: { its: 'ihres Monats', many: 'Monate', not: 'nicht aus dem neuesten Monat' },
  yearly: { its: 'ihres Jahres', many: 'Jahre', not: 'nicht aus dem neuesten Jahr' },
}

export const retentionReasons: Messages['retentionReasons'] = {
  no_rotation: () => 'keine Grenze ist gesetzt',
  dated_later: () => 'später datiert als die Uhr dieses Rechners',
  pinned: () => 'angeheftet',
  in_use: () => 'eine Wiederherstellung, vielleicht zur Probe, braucht sie gerade',
  newest: () => 'die neueste',
  last_verified: () =>
    'die letzte, die eine Probe-Wiederherstellung bestand, denn eine spätere bestand sie nicht',
  failed_since: () => 'ihre Probe-Wiederherstellung misslang, und keine spätere bestand',
  among_newest: ({ count }) => `eine der neuesten ${count}`,
  last_of_frame: ({ frame }) => `die letzte ${FRAMES[frame].its}`,
  later_in_frame: ({ frame }) => `nicht die letzte ${FRAMES[frame].its}`,
  beyond_limit: ({ frame, limit }) =>
    limit === 1 ? FRAMES[frame].not : `älter als die neuesten ${limit} ${FRAMES[frame].many}`,
}
