import { type DatedBackup, planRetention, type RetentionRules } from '@odoo-backup/retention'

/** Decides about 100,000 backups, one for every ten minutes of two years, with every frame in use. */
const COUNT = 100_000
const ROUNDS = 15

const settings: RetentionRules = {
  hourly: 48,
  daily: 31,
  weekly: 26,
  monthly: 24,
  yearly: 'all',
  keepAtLeast: 10,
}

function makeBackups(): DatedBackup[] {
  const newest = Date.UTC(2026, 5, 15, 12)
  return Array.from({ length: COUNT }, (_, index) => {
    // A fixed walk through all places, so that sorting has work to do.
    const place = (index * 48_271) % COUNT
    return { id: `backup-${place}`, takenAt: new Date(newest - place * 600_000), pinned: place % 1000 === 0 }
  })
}

const MOST_SECONDS = 0.1

const backups = makeBackups()
const seconds: number[] = []
let kept = 0
for (let round = 0; round < ROUNDS; round += 1) {
  const begun = process.hrtime.bigint()
  kept = planRetention({ backups, settings }).kept.length
  seconds.push(Number(process.hrtime.bigint() - begun) / 1e9)
}
const first = seconds[0] ?? 0
seconds.sort((one, other) => one - other)
const median = seconds[Math.floor(ROUNDS / 2)] ?? 0
const worst = seconds.at(-1) ?? 0

console.log(`${COUNT.toLocaleString('en')} backups decided ${ROUNDS} times; ${kept} kept`)
console.log(`first ${first.toFixed(4)} s, median ${median.toFixed(4)} s, worst ${worst.toFixed(4)} s`)
console.log(
  JSON.stringify({
    bench: 'retention',
    backups: COUNT,
    kept,
    seconds: Number(median.toFixed(4)),
    firstSeconds: Number(first.toFixed(4)),
    worstSeconds: Number(worst.toFixed(4)),
  }),
)
// Rotation decides once in a process's life, so that the first, cold run is the one that counts.
if (first >= MOST_SECONDS) {
  console.error(`The first decision took ${first.toFixed(4)} s: more than ${MOST_SECONDS} s.`)
  process.exitCode = 1
}
