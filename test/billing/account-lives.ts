import fc from 'fast-check'
import { CANCELS_AFTER_CAPTURE, type CancelAfterCapture, type Fault } from './payment-model.ts'

/** What may happen in the life of an account, and lives full of it. */

export type Action =
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'buy'; readonly credits: number }
  | { readonly do: 'grant'; readonly credits: number }
  | {
      readonly do: 'renew'
      readonly brokers: 1 | 2
      readonly faults: readonly Fault[]
      readonly dies?: number
      /** The work by the clock goes on with open attempts, beside. */
      readonly resumes: boolean
    }
  /** All processes that fell asleep within a call go on with it. */
  | { readonly do: 'wake'; readonly faults: readonly Fault[] }
  /** The operator ends what stays in doubt, by what the service shows. */
  | { readonly do: 'settle' }

// Those that lead astray together come more often.
const faults: fc.Arbitrary<Fault> = fc.constantFrom(
  ...Array<Fault>(4).fill('none'),
  ...Array<Fault>(3).fill('lost-after'),
  ...Array<Fault>(3).fill('refused'),
  ...Array<Fault>(2).fill('asleep-before'),
  'asleep-after',
  'lost-before',
  'unreachable',
  'crash-before',
  'crash-after',
)
const wake = fc.record({ do: fc.constant('wake' as const), faults: fc.array(faults, { maxLength: 3 }) })
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 2, 3, 30, 400, 745) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('buy' as const, 'grant' as const),
      credits: fc.constantFrom(3, 10, 25),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        do: fc.constant('renew' as const),
        brokers: fc.constantFrom(1 as const, 2 as const),
        faults: fc.array(faults, { maxLength: 4 }),
        // The process ends at its n-th write of a step.
        dies: fc.integer({ min: 0, max: 9 }),
        resumes: fc.boolean(),
      },
      { requiredKeys: ['do', 'brokers', 'faults', 'resumes'] },
    ),
  },
  { weight: 2, arbitrary: wake },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
)
/** Lives made at random. */
export const sequences: fc.Arbitrary<Life> = fc.record({
  actions: fc.array(action, { minLength: 3, maxLength: 9 }),
  cancelAfterCapture: fc.constantFrom(...CANCELS_AFTER_CAPTURE),
})

export interface Life {
  readonly actions: readonly Action[]
  readonly cancelAfterCapture: CancelAfterCapture
}

/** The ways to a second charge that are known: a capture whose answer is lost or cut off, and a refusal after it. */
export const known: readonly Life[] = CANCELS_AFTER_CAPTURE.flatMap(cancelAfterCapture =>
  (['lost-after', 'crash-after'] as const).map(fault => ({
    cancelAfterCapture,
    actions: [
      { do: 'buy', credits: 25 },
      { do: 'renew', brokers: 1, faults: ['none', fault], resumes: false },
      { do: 'wait', hours: 3 },
      { do: 'renew', brokers: 2, faults: ['refused'], resumes: true },
      { do: 'wait', hours: 3 },
      { do: 'renew', brokers: 1, faults: ['refused'], resumes: false },
    ],
  })),
)

/** A broker that sleeps on its way to the service, or with its answer in hand, while others end its attempt. */
export const slept: readonly Life[] = CANCELS_AFTER_CAPTURE.flatMap(cancelAfterCapture =>
  (['asleep-before', 'asleep-after'] as const).flatMap(fault =>
    [[fault], ['none' as const, fault]].map(faults => ({
      cancelAfterCapture,
      actions: [
        { do: 'buy', credits: 25 },
        { do: 'renew', brokers: 1, faults, resumes: false },
        { do: 'wait', hours: 1 },
        { do: 'renew', brokers: 1, faults: ['lost-after'], resumes: true },
        { do: 'wait', hours: 3 },
        { do: 'renew', brokers: 1, faults: ['none', 'asleep-before'], resumes: false },
        { do: 'wake', faults: ['none', 'refused'] },
        { do: 'wait', hours: 3 },
        { do: 'renew', brokers: 2, faults: ['none', 'lost-after'], resumes: true },
        { do: 'settle' },
      ],
    })),
  ),
)
