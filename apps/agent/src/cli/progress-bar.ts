import type { JobView } from '@odoo-backup/protocol'
import { jobTitle, progressLine } from '../wording/job.ts'
import { plainText } from './plain-text.ts'
import type { Output } from './world.ts'

const BAR_CELLS = 24

export interface ProgressShow {
  show(job: JobView): void
  /** Leaves the last state standing and goes on below it. */
  end(): void
}

/** On a terminal one line that is rewritten; elsewhere a line whenever a new phase begins. */
export function createProgressShow(output: Output): ProgressShow {
  return output.isTerminal ? rewrittenLine(output) : linePerPhase(output)
}

function rewrittenLine(output: Output): ProgressShow {
  let shown = false
  return {
    show(job) {
      const text = `${bar(job)} ${progressLine(job)}`
      // One cell stays free: a full line makes terminals begin a new one.
      output.write(`\r\u001b[2K${plainText(text).slice(0, Math.max(20, output.columns - 1))}`)
      shown = true
    },
    end() {
      if (shown) output.write('\n')
      shown = false
    },
  }
}

function bar(job: JobView): string {
  const percent = job.progress?.percent
  if (percent === undefined) return `[${'·'.repeat(BAR_CELLS)}]`
  const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * BAR_CELLS)
  return `[${'█'.repeat(full)}${'·'.repeat(BAR_CELLS - full)}]`
}

function linePerPhase(output: Output): ProgressShow {
  let phase = ''
  return {
    show(job) {
      const now = `${job.state}:${job.progress?.phase ?? ''}`
      if (now === phase) return
      phase = now
      output.write(`${plainText(`${jobTitle(job)}: ${progressLine(job)}`)}\n`)
    },
    end() {},
  }
}
