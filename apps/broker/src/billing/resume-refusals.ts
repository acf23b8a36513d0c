import { HttpProblem } from '@odoo-backup/service'
import { type LeftOpen, leftOpenText } from './left-open.ts'

/** @param left what the last comparison left open; undefined: there was none since */
export function notReconciled(left: LeftOpen | undefined): HttpProblem {
  return new HttpProblem({
    status: 409,
    code: 'not_reconciled',
    detail:
      left === undefined
        ? 'This database was restored, or may have been, and its books were not compared since: billing reconcile comes first, or months may be paid twice. To resume all the same, force it.'
        : `This database was restored, or may have been, and months may be paid twice: the last billing reconcile left ${leftOpenText(left)}. Reconcile again when that has ended. Where the payment service cannot tell, look the accounts up there, then force it and say why.`,
  })
}

export function notWitnessed(): HttpProblem {
  return new HttpProblem({
    status: 409,
    code: 'unwitnessed',
    detail:
      'How far these books had come cannot be read: Redis does not answer, or the file in BROKER_STATE_FOLDER is not readable, and they alone remember it. Resume when they tell; where they never will, force it.',
  })
}
