/**
 * What refusals say beside their codes, in the words of the API and of commands. Pages have the same in their reader's
 * language, and in the words of what stands on them.
 */
export const REFUSAL_WORDS = {
  /** What roles are called; beside another word, the one that the settings have. */
  roles: { viewer: 'viewer', billing: 'billing', admin: 'admin' },
  roleRefused: (needed: string, own: string) => `This needs the role ${needed}; yours is ${own}.`,
  registryAway:
    'The registry (PostgreSQL) does not answer: nobody is served until it does. Whoever runs this service finds in its log what exactly failed.',
  accountsAway:
    'The accounts cannot be read just now. Backups need not stop for that: servers go on with the access that they have. Try again in a few minutes.',
  nothingChanged: 'Nothing was changed.',
  noSuchAccount: 'There is no account of this id.',
  noSuchInstance: 'There is no instance of this id, or it has been revoked already.',
  notUsedYet: 'This account has not been used yet: nothing can be due.',
  accountSuspended: 'This account is suspended: nothing is collected from it until it is resumed.',
  billingPaused: 'Billing is paused for all: nothing is collected until it is resumed.',
  noAmount: 'Give a number of credits above 0, with at most three decimals.',
  referenceUsed: (credits: string) =>
    `This reference stands for ${credits} credits that this account was given before. Give another one.`,
  noSuchPlan: (plan: string, plans: string) => `There is no plan ${plan}. Plans: ${plans}.`,
  samePlan: 'It has this plan already.',
  dayIsPast: 'This is past already: give a day that is to come.',
  trialIsOver:
    'The trial ends later already, or a month has begun: give credit, or extend the time of grace.',
  graceIsLonger: (ends: string) => `Grace lasts until ${ends} already.`,
  noSuchCharge: 'There is no charge of this number.',
  notInDoubt: 'No attempt to collect this charge is in doubt.',
  holdMayLive: 'The hold may still live: it settles by itself within three hours.',
  settledMeanwhile: 'It has been settled meanwhile.',
  notWaiting: 'No message of this id waits, or it cannot be read: list them.',
  notCompared:
    'This database was restored, or may have been, and its books were not compared since: billing reconcile comes first, or months may be paid twice. To resume all the same, force it.',
  leftOpen: (left: string) =>
    `This database was restored, or may have been, and months may be paid twice: the last billing reconcile left ${left}. Reconcile again when that has ended. Where the payment service cannot tell, look the accounts up there, then force it and say why.`,
  /** What was left open, by numbers of accounts. */
  left: {
    openPayments: (accounts: number) =>
      `${counted(accounts)} with a payment that is not final (most end by themselves within three hours, the rest by billing settle)`,
    lateHolds: (accounts: number) =>
      `${counted(accounts)} with a hold that came too late (it ends within three hours, mostly at once)`,
    unanswered: (accounts: number) => `${counted(accounts)} whose balance the payment service did not tell`,
    missing: (accounts: number) =>
      `${counted(accounts)} from which credit is missing (billing reconcile --credit-missing gives it back, --accept takes the balances as they are)`,
  },
  notWitnessed:
    'How far these books had come cannot be read: Redis does not answer, or the file in BROKER_STATE_FOLDER is not readable, and they alone remember it. Resume when they tell; where they never will, force it.',
}

function counted(accounts: number): string {
  return `${accounts} ${accounts === 1 ? 'account' : 'accounts'}`
}

/** The same in any language. */
export type RefusalWords = WordsLike<typeof REFUSAL_WORDS>

type WordsLike<Value> = Value extends string
  ? string
  : Value extends (...args: infer Args) => string
    ? (...args: Args) => string
    : { readonly [Key in keyof Value]: WordsLike<Value[Key]> }
