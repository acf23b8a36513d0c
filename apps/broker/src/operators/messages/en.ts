import { type Html, html } from '@odoo-backup/service'
import { REMARKS } from '../../billing/operation/remarks.ts'
import { audit } from './audit-en.ts'
import { notes } from './notes-en.ts'
import { work } from './work-en.ts'

/** Every text that operators read on their console. The other languages have the same shape, checked by the compiler. */
export const en = {
  language: 'en',
  /** A number as this language writes it, from digits with a point. */
  number: (digits: string) => digits,
  places: {
    health: 'Health',
    accounts: 'Accounts',
    credentials: 'Credentials',
    billing: 'Billing',
    audit: 'Audit',
  },
  myAccount: 'My account',
  youAre: (who: Html, role: string) => html`You are ${who}, with the role ${role}.`,
  nextPage: 'Next page',
  firstPage: 'First page',
  why: 'Why, for the audit log',
  show: 'Show',
  change: 'Change',
  none: 'None.',
  account: 'Account',
  /** An account by which a list is narrowed. */
  sought: {
    label: 'Account: folder, id or e-mail address',
    only: (account: Html) => html`Only of the account ${account}`,
    nobody: 'No account has this folder, id or e-mail address.',
    unknownId: 'There is no account of this id. Below stands what the audit log has of it.',
    several: (accounts: Html) =>
      html`Several accounts have this e-mail address. Choose one by its folder: ${accounts}`,
  },
  when: 'When',
  what: 'What',
  state: 'State',
  id: 'Id',
  asked: 'Asked',
  nothingChanged: 'Nothing was changed',
  refused: 'It was refused.',
  goBack: 'Go back',
  /** What those are that rows name. */
  kinds: { account: 'account', instance: 'instance', operator: 'operator', token: 'admin token' },
  /** Who acts without a name of their own. */
  actors: {
    operator: 'a command on the server',
    system: 'the broker itself',
    stripe: 'Stripe',
    unknown: 'unknown',
  },

  done: {
    suspended: 'The account is suspended: its instances get no credentials any more.',
    resumed: 'The account is served again.',
    purposes: 'What the instance may do was changed.',
    revoked: 'The instance is revoked for good.',
    given: 'The credit was given.',
    'given-before': 'This form had been sent before: the credit was given then, and not a second time.',
    refunded: 'The credit was given back.',
    'refunded-before':
      'This form had been sent before: the credit was given back then, and not a second time.',
    plan: 'The plan is changed, from the next month on.',
    trial: 'The trial was extended.',
    grace: 'The time of grace was changed.',
    collected: 'What is due was asked for. How that went stands in the books.',
    settled: 'The charge was settled.',
    applied: 'The message was booked.',
    'still-aside': 'The message still cannot be booked: why stands beside it.',
    dismissed: 'The message was put aside: nothing is booked for it, however often it comes.',
    paused: 'Billing rests for all.',
    running: 'Billing runs again.',
  },

  health: {
    checkStates: {
      ok: 'works',
      degraded: 'does not answer as it should',
      failed: 'does not answer',
      unknown: 'not asked yet',
    },
    sentences: {
      ok: 'Everything that this broker depends on works.',
      degraded: 'The broker works, but not everything that it depends on does.',
      failed: 'Something that the broker depends on does not answer.',
      unknown: 'What this broker depends on works, as far as it was asked.',
      behind: 'What this broker depends on works, but some of its own work is late or fails.',
    },
    checks: {
      database: 'Registry (PostgreSQL)',
      redis: 'Shared memory (Redis)',
      sts: 'Token service of the store (STS)',
    },
    /** What it means that one of them does not work, and where to look. */
    faults: {
      database:
        'The registry does not answer in time, or refuses: log-ins, credentials and payments wait or fail. See that PostgreSQL runs and has connections left.',
      redis:
        'Redis does not answer. Credentials are issued all the same, and each process counts requests for itself. Scheduled work, such as collecting and measuring, waits, and /readyz answers 503. See that Redis runs and that BROKER_REDIS_URL leads there.',
      sts: 'When the store was last asked for new credentials, it gave none. Those that it gave before are handed out while they are valid, and all others are refused. The next one that it gives ends this. See that the store runs and takes the keys of this broker.',
    },
    work,
    logTells: 'The log of the service tells what exactly failed.',
    figures: {
      accounts: (count: number): string => (count === 1 ? 'account' : 'accounts'),
      suspended: (count: number): string => (count === 1 ? 'suspended account' : 'suspended accounts'),
      approved: (count: number): string => (count === 1 ? 'approved instance' : 'approved instances'),
      pending: (_count: number): string => 'waiting for approval',
      revoked: (count: number): string => (count === 1 ? 'revoked instance' : 'revoked instances'),
    },
    billingRuns: 'Billing runs.',
    nothingCharged: 'Nothing is charged here: no plan in the settings costs anything.',
    billingRests: (reason: Html) => html`Billing rests, and nobody is refused meanwhile: ${reason}`,
    stuck: (since: Html) =>
      html`A payment has been in doubt since ${since}, and its account is served meanwhile. End it on the page of billing, by what the payment service shows of it.`,
    missingPlan: (plan: string, accounts: number) =>
      `Accounts on the plan “${plan}”, which is not in the settings: ${accounts}. There, backups go on, and nothing new is charged until BROKER_PLANS has the plan or another one is given.`,
    allAboutBilling: 'All about billing',
    lately: 'Lately',
    lastEvents: (count: string) => `The last ${count} events of the audit log`,
    since: (at: Html) => html`, since ${at}`,
    howOften: 'How often',
  },

  outcome: 'Outcome',
  outcomes: { any: 'any', done: 'done', refused: 'refused' },

  accounts: {
    search: 'Folder, id, e-mail address or name',
    find: 'Search',
    nobody: 'No account was found.',
    folder: 'Folder',
    logIn: 'Log-in',
    since: 'Since',
    instances: 'Instances',
    suspended: 'suspended',
  },

  oneAccount: {
    email: 'E-mail',
    notTold: 'not told',
    name: 'Name',
    suspended: 'Suspended',
    happened: 'What happened to it',
    credentials: 'Credentials issued to it',
    suspend: 'Suspend',
    resume: 'Resume',
    suspendText: html`Within a second none of its instances gets credentials any more. Those that they hold work until they expire, unless the command <code>cut-off</code> refuses them. Backups are kept.`,
    resumeText: 'Its instances get credentials again.',
    suspendAction: 'Suspend the account',
    resumeAction: 'Serve it again',
    noAddress: 'Without a web address',
    instanceStates: { pending: 'waits for approval', approved: 'approved', revoked: 'revoked' },
    may: 'May',
    nothing: 'nothing',
    addresses: 'Addresses',
    approved: 'Approved',
    lastSeen: 'Last seen',
    revoked: 'Revoked',
    mayInFull: {
      backup: 'Store new backups, and list the names and sizes of those in the account',
      restore: 'Read all backups in the account',
      rotate: 'Delete backups that are no longer kept (deleted ones can be brought back for a while)',
    },
    changePurposes: 'Change what it may do',
    purposes: 'What it may do',
    revokeForGood: 'Revoke it for good',
    revoke: 'Revoke',
  },

  credit: {
    title: 'Credit',
    states: {
      trial: 'trial',
      paid: 'paid',
      grace: 'grace',
      restore_only: 'restore only',
      lapsed: 'lapsed',
      suspended: 'suspended',
      not_billed: 'not billed',
    },
    atRest: 'not paid; served all the same, since billing rests',
    stored: 'Stored',
    ofCap: (gigabytes: number, cap: number) => `${gigabytes} of ${cap} GB`,
    full: 'no new backups are taken',
    plan: 'Plan',
    kept: 'Credit kept here',
    held: 'Credit at the payment service',
    due: 'Due',
    monthEnds: 'Month ends',
    changes: 'This state ends',
    graceUntil: 'Grace extended until',
    books: 'The books',
    stores: 'What it stores, by day',
    howMuch: (currency: string) => `How much (${currency})`,
    untilDay: 'Until the end of this day (UTC)',
    grant: { title: 'Give credit', button: 'Give' },
    refund: {
      title: 'Give credit back',
      about:
        'For something that was paid. It is kept here and spent first; the payment service is not asked.',
      button: 'Give back',
    },
    planMissing: (plan: string) => `Choose one: ${plan} is not in the settings`,
    changePlan: {
      title: 'Change the plan',
      about: 'From the next month on; the prices of this one stay.',
    },
    trial: { title: 'Extend the trial', about: 'Possible until the first month begins.' },
    grace: {
      title: 'Extend the time of grace',
      about: 'Until then everything works though a payment is due. It only becomes longer.',
    },
    extend: 'Extend',
    run: {
      title: 'Collect what is due now',
      about: 'What is otherwise done by itself, every hour.',
      button: 'Collect',
      rests: 'Billing rests: nothing is collected until it runs again.',
    },
  },

  books: {
    title: 'Books',
    nothing: 'Nothing was booked yet.',
    csv: 'All of it as CSV',
    credits: 'Credits',
    note: 'Note',
    by: 'By',
    attempt: (number: number) => `, attempt ${number}`,
    /** What moved credit that is kept here; charges say themselves what they are for. */
    kinds: {
      grant: 'credit given',
      refund: 'credit given back',
      purchase: 'credit bought',
      purchase_returned: 'a purchase was paid back',
      spent: 'taken by a charge',
      given_back: 'returned by a charge that was not collected',
    } as Readonly<Record<string, string>>,
    states: {
      planned: 'planned',
      authorised: 'put aside',
      captured: 'collected',
      cancelled: 'let go',
      failed: 'failed',
      unknown: 'in doubt',
      booked: 'booked',
    } as Readonly<Record<string, string>>,
    back: (account: Html) => html`Back to ${account}`,
    steps:
      'Each step of a charge is a line of its own; only what was collected or booked moved credit. What a charge took of the credit kept here stands beside it as taken, and does not count twice.',
  },

  notes,

  usage: {
    title: 'Storage',
    notMeasured: 'Not measured yet: it is done once a day.',
    notCounted: 'What is stored is not counted here: BROKER_USAGE_ACCESS_KEY_ID and its secret are not set.',
    day: 'Day',
    backups: 'Backups, GB',
    objects: 'Objects',
    oldVersions: 'Old versions, GB',
    openUploads: 'Open uploads, GB',
  },

  credentials: {
    title: 'Credentials issued',
    none: 'None was issued.',
    issued: 'Issued',
    for: 'For',
    ends: 'Ends',
    to: 'Account, instance, address',
    key: 'Key',
    lives: 'still valid',
  },

  audit,

  billing: {
    title: 'Billing',
    stop: 'Stop billing for all',
    stopText: 'Nothing is collected, and nobody is refused meanwhile.',
    force:
      'Only after a restore of this broker’s own database: also where not everything could be compared, or nothing tells whether it was rolled back. Months may then be paid twice.',
    runAgain: 'Run it again',
    inDoubt: 'Charges in doubt',
    inDoubtText:
      'The payment service did not answer, and its hold has ended since. Look there what became of it.',
    charge: (charge: string, amount: string) => `Charge no. ${charge}, ${amount}`,
    transaction: 'Known there as',
    lastHeard: 'Last heard',
    providers: {
      iap: 'Odoo’s in-app purchases',
      prepaid: 'prepaid credit',
    } as Readonly<Record<string, string>>,
    shows: 'What the payment service shows',
    wasPaid: 'It was paid',
    wasNotPaid: 'It was not paid: it is asked for again',
    settle: 'Settle',
    stripeWaits: 'Messages of Stripe that wait',
    came: 'Received',
    tryAgain: 'Try again to book it',
    book: 'Book it',
    dismissForGood: 'Put it aside for good',
    dismissText: 'Nothing is booked for it, however often it comes.',
    dismiss: 'Put it aside',
    compareTitle: 'Compare the books',
    compareText:
      'Repeats what is not final and compares every sum that can be compared, here and at the payment service.',
    accept:
      'Where a balance at the payment service is lower than these books say: take it as right from now on',
    creditMissing: 'Give the accounts the credit that is missing there, as credit kept here',
    compare: 'Compare',
    revenue: 'Revenue',
    inCredits: 'All amounts in credits.',
    noRevenue: 'Nothing was collected or bought yet.',
    month: 'Month',
    collected: 'Collected',
    spent: 'From credit kept here',
    bought: 'Bought',
    charges: 'Charges',
  },

  compared: {
    title: 'Books compared',
    agree: 'The books agree.',
    differ: 'Not everything agrees or could be compared: see below.',
    repeated: 'Open attempts repeated',
    stillOpen: (repeated: number, open: number) => `${repeated}, of which ${open} still open`,
    inDoubt: 'In doubt',
    lateHolds: 'Holds that came too late',
    lateHoldsText:
      'The payment service put the money aside when the attempt had ended already. Nothing is taken of it. It is asked to give it back until it has done so, or the hold has ended by itself.',
    lateHold: (charge: string, since: Html) => html`charge ${charge}, held since ${since}`,
    collected: 'Collected by the payment service',
    kept: 'Kept here',
    keptSums: (received: string, spent: string, left: string) =>
      `${received} received, ${spent} spent, ${left} left`,
    chargesDiffer: 'and the charges say otherwise',
    balances: 'Balances at the payment service',
    balanceCounts: (agreeing: number, firstRead: number, notCompared: number) =>
      `${agreeing === 1 ? '1 agrees' : `${agreeing} agree`}, ${firstRead} read for the first time, ${notCompared} not compared`,
    keptDiffers: 'Accounts whose credit kept here does not show what their charges took',
    keptDifference: (spent: string, charged: string) => `${spent} spent, ${charged} taken by charges`,
    purchaseIs: {
      'credited without a message': 'credited without a message',
      'paid without credit': 'paid, and not credited',
      'credited to another account': 'credited to another account',
      'credited another amount': 'credited with another amount',
      'taken back another amount': 'another amount taken back',
    },
    purchasesDiffer: 'Purchases that differ from the messages of Stripe',
    booked: (amount: string) => `${amount} booked`,
    told: (amount: string) => `${amount} told`,
    missing: 'Credit that is missing at the payment service',
    uncertain: 'Accounts of which nothing can be said yet',
    uncertainBecause: {
      first_read: 'its balance was read for the first time: look it up at the payment service',
      open_payment: 'a payment is not final: compare again in three hours, or settle it',
      late_hold: 'a hold that came too late has not ended yet: compare again in three hours',
      no_answer: 'the payment service did not tell its balance: compare again',
    },
    remarks: REMARKS,
    back: 'Back to billing',
  },
}

type Texts<Value> = Value extends string
  ? string
  : Value extends Html
    ? Html
    : Value extends (...args: infer Args) => infer Result
      ? (...args: Args) => Result
      : { readonly [Key in keyof Value]: Texts<Value[Key]> }

export type ConsoleMessages = Texts<typeof en>
