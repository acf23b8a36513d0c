import { Refusal } from '../http/refusal.ts'
import { type LeftOpen, leftOpenText } from './left-open.ts'

/** @param left what the last comparison left open; undefined: there was none since */
export function notReconciled(left: LeftOpen | undefined): Refusal {
  return new Refusal(409, 'not_reconciled', words =>
    left === undefined ? words.notCompared : words.leftOpen(leftOpenText(left, words)),
  )
}

export function notWitnessed(): Refusal {
  return new Refusal(409, 'unwitnessed', words => words.notWitnessed)
}
