import type { Progress } from '@odoo-backup/protocol'
import type { RestoreOptions } from './options.ts'

/** After this many bytes the progress is told again. */
const STEP_BYTES = 1024 * 1024

/** Tells how far a restore is, phase by phase. */
export class RestoreProgress {
  readonly #tell: (progress: Progress) => void
  #phase: Progress['phase'] = 'load'
  #total: number | undefined
  #done = 0
  #told = 0

  constructor(options: Pick<RestoreOptions, 'onProgress'>) {
    this.#tell = options.onProgress ?? (() => {})
  }

  enter(phase: Progress['phase'], totalBytes?: number): void {
    this.#phase = phase
    this.#total = totalBytes
    this.#done = 0
    this.#report()
  }

  add(bytes: number): void {
    this.#done += bytes
    if (this.#done - this.#told >= STEP_BYTES) this.#report()
  }

  #report() {
    this.#told = this.#done
    this.#tell({
      phase: this.#phase,
      doneBytes: this.#done,
      ...(this.#total === undefined
        ? {}
        : {
            totalBytes: this.#total,
            percent: this.#total === 0 ? 100 : Math.min((100 * this.#done) / this.#total, 100),
          }),
    })
  }
}
