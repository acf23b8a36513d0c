import { createHash } from 'node:crypto'

/** A point in a job's life: as soon as it has done so many bytes; 0 is its beginning. */
export interface Moment {
  readonly bytes: number
}

/** The same moments for the same seed, some of them at the very beginning, so that a failure can be repeated. */
export function moments(seed: string, count: number, mostBytes: number): Moment[] {
  return Array.from({ length: count }, (_, index) => {
    const draw = createHash('sha256').update(`${seed} ${index}`).digest().readUInt32BE(0) / 2 ** 32
    return { bytes: draw < 0.2 ? 0 : Math.floor(((draw - 0.2) / 0.8) * mostBytes) }
  })
}
