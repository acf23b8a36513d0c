import { type Html, html } from '@odoo-backup/service'
import { refusals as particulars } from './refusals-en.ts'

/** What a charge for storage was made of: days, whole gigabytes, and what each further one costs. */
export interface StorageCharge {
  readonly from: string
  readonly to: string
  readonly gigabytes: number
  readonly included: number
  readonly further: number
  readonly each: string
}

/** Every text that customers read on the broker's pages. The other languages have the same shape, checked by the compiler. */
export const en = {
  language: 'en',
  name: 'English',
  skip: 'Skip to the content',
  languages: 'Language',
  never: 'never',
  logIn: 'Log in',
  logOut: 'Log out',
  operatorConsole: 'Operator console',
  operator: 'Operator',
  noName: 'without a name',
  toAccount: 'To your account',
  /** Stands before a link. */
  contact: 'Operator of this service:',

  choice: {
    title: 'Log in',
    about: 'Your backups belong to the account with which you log in. Use the same account each time.',
    with: (label: string) => `Log in with ${label}`,
  },
  fragment: {
    title: 'Logging in',
    noScript:
      'This step needs JavaScript: it hands the answer of the log-in service over without showing it in the address. Allow it for this page, then go back to your Odoo and begin again.',
  },
  loginFailure: {
    title: 'The log-in failed',
    denied_at_provider: 'You did not allow the log-in. Nothing was changed.',
    state_refused:
      'This log-in was not begun in this browser, was used already, or is older than ten minutes. If your Odoo led you here, go back to it and begin again.',
    token_refused: 'The log-in service did not confirm who you are.',
    provider_unavailable: 'The log-in service does not answer at the moment. Wait a minute, then try again.',
    again: 'Try again',
    back: 'Back to the page',
  },
  refusals: {
    noLogin: { title: 'No such log-in', text: 'This way to log in is not offered here.' },
    expired: {
      title: 'This link is no longer valid',
      text: 'It was used already, or is older than ten minutes. Go back to your Odoo, or to the command line, and begin again.',
    },
    expiredRecharge: {
      title: 'This link is no longer valid',
      text: 'It was used already, or is older than an hour. Log in to your account to buy credit, or ask your Odoo for a new link.',
    },
    foreignForm: {
      title: 'This form is not taken',
      text: 'It was opened under another log-in, or on another site. Nothing was changed. Open the page again and answer there.',
    },
    suspended: { title: 'Your account is suspended', text: 'Write to the operator of this service.' },
    otherAccount: {
      title: 'This Odoo belongs to another account',
      text: html`It stays with the account that approved it first. Log out and log in with that account, or let the agent make a new key: run <code class="whole">odoo-backup login --new-key</code>.`,
    },
    nothingToApprove: {
      title: 'Nothing to approve',
      text: 'Tick at least one thing that it may do, or deny.',
    },
    noInstallation: {
      title: 'No such installation',
      text: 'It is not one of this account, or was revoked already.',
    },
    loggedOut: {
      title: 'You are logged out',
      text: 'Close this page, or log in again from your Odoo.',
    },
    noAccount: {
      title: 'No account yet',
      text: 'This Odoo is not bound to an account. Open its list of backups and log in.',
    },
  },
  logInAgain: {
    title: 'Log in again',
    text: 'Nothing was changed: for this your log-in must be younger than ten minutes. Log in, then do it again.',
  },

  purposes: {
    backup: 'Store new backups, and list the names and sizes of those in your account',
    restore: 'Read all backups in your account',
    rotate: 'Delete backups that are no longer kept (the operator can bring deleted ones back for a while)',
  },
  consent: {
    title: 'May this Odoo use your backup account?',
    titleOfServer: 'May this server use your backup account?',
    whoAsks: 'Who asks',
    askedAt: 'Asked at',
    yourAccount: 'Your account',
    commandLine: 'An agent on the command line of a server',
    odooAt: (origin: Html) => html`The Odoo at ${origin}`,
    folder: (folder: string) => `(folder ${folder})`,
    may: 'What it may do',
    revocable: 'You can see and revoke it at any time on your account page.',
    approve: 'Approve',
    deny: 'Deny',
    notYours: 'Not your account?',
    warnCommandLine: html`<strong>Approve only if you yourself have just typed <code class="whole">odoo-backup login</code> on your own server.</strong> You will get a code to type there. Never tell it to anybody: whoever has it can read your backups.`,
    warnOrigin: (origin: Html) =>
      html`<strong>Approve only if you yourself have just opened ${origin}.</strong>`,
    knownOrigin: 'You approved this address before.',
    revokedOrigin:
      'You approved this address before, but what you had approved there was revoked: if somebody sent you a link that led here, deny.',
    newOrigin: 'This address is new to your account: if somebody sent you a link that led here, deny.',
    backToQuestion: 'Back to the question',
    denied: 'Denied',
    deniedText: 'You denied it. Nothing was changed. You may close this page.',
    approved: 'Approved',
    approvedText: 'You are led back to your Odoo.',
    backTo: (host: Html) => html`Go back to ${host}`,
    typeCode: 'Run this on your own server, within ten minutes:',
    keepCode: html`<strong>Tell the code to nobody.</strong> Whoever has it, and made the request, can read your backups.`,
  },

  account: {
    title: 'Your backup account',
    loggedInAs: (who: Html, folder: Html) => html`Logged in as ${who}, folder ${folder}.`,
    /** Ends with a full stop, or with a colon and how the operator is reached. */
    suspended: 'This account is suspended. Your backups are kept; write to the operator of this service',
    installations: 'Your installations',
    none: 'None.',
    noInstallations: html`None yet. Open the list of backups in your Odoo, or type <code class="whole">odoo-backup login</code> on your server.`,
    earlier: 'Show those approved earlier',
    withoutAddress: 'An agent without a web address',
    addresses: 'Addresses',
    fromCommandLine: 'bound from a command line',
    approved: 'Approved',
    lastSeen: 'Last seen',
    revoked: 'Revoked',
    name: 'Name',
    save: 'Save',
    revoking: (minutes: number) =>
      `Revoking an installation is final: from that moment on it gets no new credentials; those that it holds end by themselves, at most ${minutes} minutes after they were issued. Your backups stay.`,
    revoke: (name: Html) => html`Revoke ${name}`,
    revokeThis: 'Revoke this installation',
    change: 'Change its name or what it may do, or revoke it',
    onThisPage: 'On this page',
    openApprovals: 'Approved, not completed yet',
    notFetched: 'Your server has not fetched it yet. What is not fetched lapses by itself.',
    commandLine: 'A command line',
    until: 'until',
    withdraw: 'Withdraw',
    withdrawAll: 'Withdraw all of them',
    notices: 'Notices',
    earlierNotices: (count: number) => `Earlier ones (${count})`,
  },

  /** What an account is told, on its page, by its agents and by mail. Days are written as 2026-01-31. */
  notices: {
    subjects: {
      insufficient_credits: 'Your backups: a payment is due',
      forecast_insufficient_credits: 'Your backups: credit will run out',
      instance_bound: 'Your backups: access was approved',
      other: 'Your backups: a notice',
    },
    paymentDue: (amount: string, since: string) =>
      `${amount} for backups have been due since ${since} and could not be paid. Buy credit on your account’s page; nothing that is stored is lost.`,
    creditRunsOut: (on: string) =>
      `At the present rate your credit for backups runs out on ${on}. Buy credit before then, and nothing stops.`,
    instanceBound: (where: string, purposes: string) =>
      `An Odoo was approved for your backup account: ${where} (${purposes}).`,
    /** On the command line of a server. */
    serverBound: (purposes: string) =>
      `A server was approved for your backup account, on its command line (${purposes}).`,
    revokeAt: (page: string) => `If it was not you, revoke it at ${page}`,
    revokeHere: 'If it was not you, revoke it among your installations.',
    purposes: { backup: 'make backups', restore: 'restore', rotate: 'delete old backups' },
    firstOfRemoval: (from: string) =>
      `First notice: your account has not been paid for, and its backups may be removed for good from ${from} on. Buy credit on your account’s page before, and nothing is removed.`,
    lastOfRemoval: (from: string) =>
      `Last notice: your account has not been paid for, and its backups may be removed for good from ${from} on. Buy credit on your account’s page before, and nothing is removed.`,
  },

  credit: {
    title: 'Credit',
    states: {
      trial: 'Trial: nothing is charged yet.',
      paid: 'Paid: everything works.',
      grace: 'A payment is due. Everything still works for now.',
      restore_only: 'A payment is due. Backups can be restored, but no new ones are taken.',
      lapsed:
        'A payment is due. Your backups are kept for now, but nothing can be taken or restored until it is paid.',
      suspended: 'Suspended by the operator.',
      not_billed: 'Not used yet: nothing is charged before the first backup or restore.',
    },
    /** The same where more is stored than the plan has room for. */
    statesFull: {
      trial: 'Trial: nothing is charged yet. But the storage is full: no new backups are taken.',
      paid: 'Paid. But the storage is full: no new backups are taken.',
      grace: 'A payment is due. And the storage is full: no new backups are taken.',
    } as Readonly<Record<string, string>>,
    full: (gigabytes: number, cap: number) =>
      `Your backups take ${gigabytes} GB, more than the ${cap} GB of your plan: no new ones are taken. Those that are there can be restored as before. Delete some that you no longer need, or ask for a larger plan. Deleted ones count until their old versions are gone too; storage is counted once a day.`,
    toStorage: 'See what is stored',
    /** While billing rests, of an account from which something is due. */
    atRest: 'Something is due, but nothing is collected at the moment: nothing stops for it.',
    removable: (from: string) => `From ${from} on your backups may be removed for good.`,
    trialToCome: (days: number) =>
      days === 1
        ? 'The first day is free; it begins with that.'
        : `The first ${days} days are free; they begin with that.`,
    plan: 'Plan',
    price: 'Price',
    perMonth: (amount: string) => `${amount} a month`,
    withStorage: (included: number, each: string) =>
      included === 0 ? `${each} for each GB stored` : `${included} GB included, ${each} for each further GB`,
    /** With Odoo's service for in-app purchases. */
    held: 'Credit at Odoo (in-app purchases)',
    kept: 'Your credit',
    keptFirst: 'Credit kept by this service (spent first)',
    due: 'Due',
    toBuy: 'To buy at least',
    lacking: 'Still lacking',
    withNextMonth: (amount: string) => `The month that begins then is counted in, with ${amount}.`,
    monthEnds: 'This month ends',
    changes: 'Changes on',
    changesIn: {
      trial: 'The trial ends on',
      grace: 'Everything works until',
      restore_only: 'Can be restored until',
    } as Readonly<Record<string, string>>,
    buy: 'Buy credit',
    toCredit: 'See what is due',
    belowZero:
      'Below zero: a purchase was paid back after its credit was spent. What you buy next makes up for it first.',
    byOperator: 'Credit is given by the operator of this service.',
    costs: 'What the last months cost',
    what: 'What',
    state: 'State',
    stateOf: { paid: 'paid', due: 'due', open: 'being paid' },
    /** What a charge was made of. */
    charge: {
      base: (from: string, to: string, plan: string) => `Backups from ${from} to ${to}, plan ${plan}`,
      storage: ({ from, to, gigabytes, included, further, each }: StorageCharge) =>
        `Storage from ${from} to ${to}: ${gigabytes} GB on average, ${included} GB included, ${further} GB further at ${each} each`,
    },
    /** What credits are called by the plan. */
    currency: (label: string) => label,
    /** Of `9.5` and the like. */
    number: (digits: string) => digits,
    backups: 'Backups',
    storage: 'Storage',
    notMeasured: 'Not measured yet: it is done once a day.',
    graph: (from: string, to: string, now: string, most: string) =>
      `Storage from ${from} to ${to}, old versions and open uploads included: now ${now}, at most ${most}`,
    graphOfDay: (day: string, now: string) =>
      `Storage on ${day}, old versions and open uploads included: ${now}`,
    oldVersions: 'Old versions',
    openUploads: 'Open uploads',
    inAll: 'In all',
    ofCap: (size: string, cap: number) => `${size} of ${cap} GB`,
    measured: 'Measured',
  },

  recharge: {
    title: 'Buy credit',
    // The words of the former module's page, where they are true.
    iapPlace: 'the Odoo IAP recharge page',
    place: 'the page where credit is bought',
    leads: (place: string, link: (text: string) => Html) =>
      html`Within seconds you will be redirected to ${place}. If it doesn't happen please click on ${link('the link')}.`,
  },

  /** What a refusal is called, and what it says; where nothing stands here, what the broker itself says of it. */
  /** What refusals say of what they refuse. */
  particulars,
  problems: {
    titles: {
      400: 'This cannot be right',
      401: 'Log in first',
      402: 'To be paid first',
      403: 'Not permitted',
      404: 'Not found',
      408: 'Too slow',
      409: 'Not possible at the moment',
      413: 'Too large',
      415: 'Not readable',
      429: 'Too many requests',
      431: 'Too large',
      500: 'Something went wrong',
      503: 'Not available at the moment',
    } as Readonly<Record<number, string>>,
    /** Of those whose status says too little, by their code. */
    titlesOf: {
      no_online_payment: 'No credit is sold here',
    } as Readonly<Record<string, string>>,
    texts: {
      invalid_request: 'Something in this address or form cannot be right. Go back, and try again.',
    } as Readonly<Record<string, string>>,
    /** What the values of a form or an address are called, and what may be wrong with one. */
    values: {
      accountId: 'id of the account',
      action: 'what',
      as: 'what the payment service shows',
      charge: 'number of the charge',
      credits: 'credit',
      cursor: 'place in the list',
      id: 'a part of the address',
      instanceId: 'id of the instance',
      name: 'name',
      outcome: 'outcome',
      plan: 'plan',
      purposes: 'what the instance may do',
      reason: 'why',
      reference: 'reference',
      until: 'day',
    } as Readonly<Record<string, string>>,
    faults: {
      invalid: 'cannot be read, or is not allowed',
      required: 'is missing, or too short',
      range: 'too small or too large',
      too_long: 'too long',
      email: 'no e-mail address',
      address: 'no web address',
    } as Readonly<Record<string, string>>,
    /** Of a text: how many letters it may have. */
    tooLong: (most: number) => `longer than ${most} letters`,
    faulty: (what: string) => `What cannot be right: ${what}. Go back, and try again.`,
  },
}

type Texts<Value> = Value extends string
  ? string
  : Value extends Html
    ? Html
    : Value extends (...args: infer Args) => infer Result
      ? (...args: Args) => Result
      : { readonly [Key in keyof Value]: Texts<Value[Key]> }

export type Messages = Texts<typeof en>
