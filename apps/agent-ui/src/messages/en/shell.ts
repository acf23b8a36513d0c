export const app = {
  title: 'Odoo backups',
  skip: 'Skip to the content',
  menu: 'Pages',
  openMenu: 'Menu',
  dashboard: 'Overview',
  backups: 'Backups',
  restore: 'Restore',
  jobs: 'Jobs',
  settings: 'Settings',
  signOut: 'Sign out',
  light: 'Light colours',
  dark: 'Dark colours',
  otherLanguage: 'Language',
  loading: 'Loading …',
  retry: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  back: 'Back',
  next: 'Next',
  save: 'Save',
  saved: 'Saved.',
  largest: 'largest:',
  copy: 'Copy',
  copied: 'Copied.',
  none: 'none',
  toOverview: 'To the overview',
} as const

export const failures = {
  offline: 'The agent does not answer. It may be restarting; check that its service runs.',
  outcomeUnknown:
    'The agent’s answer did not come, so it is not known whether this was done. Look here and at the jobs before you do it again; what is shown is being read anew.',
  unknown: 'Something went wrong that the agent did not explain. Its log says more.',
  sessionOver:
    'You were signed out: after half an hour without activity, after twelve hours in any case, or as the agent was started anew. What you typed is still there.',
  signedOut: 'This was not done, as you were signed out meanwhile. Sign in, then do it again.',
  nothingKept:
    'This browser keeps nothing for this page, so the page could not tell your log-in from somebody else’s. Allow it to store data of this site, or run odoo-backup login on the server.',
  login: 'Log in',
  recharge: 'Buy credit',
  /** The agent speaks English; other languages say here what its stable codes mean. */
  ofCode: (_code: string): string => '',
  /** Whether that says all that the agent does. */
  saysAll: (_code: string): boolean => false,
  technical: 'Show the details',
  inForm: 'Something in the form is not right; it is marked there.',
} as const
