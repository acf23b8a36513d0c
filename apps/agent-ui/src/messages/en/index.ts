import { backup, backups } from './backups.ts'
import { dashboard } from './dashboard.ts'
import { jobs } from './jobs.ts'
import { notThere } from './not-there.ts'
import { notices } from './notices.ts'
import { places } from './places.ts'
import { restore } from './restore.ts'
import { restoreChecks } from './restore-checks.ts'
import { retentionReasons } from './retention.ts'
import { fieldFaults, schedules, settings, storage } from './settings.ts'
import { setup } from './setup.ts'
import { app, failures } from './shell.ts'
import { signIn } from './sign-in.ts'
import { warnings } from './warnings.ts'

/** Every text of the pages in English, a file per page. The other languages have the same shape, checked by the compiler. */
export const en = {
  language: 'en',
  name: 'English',
  app,
  failures,
  signIn,
  setup,
  dashboard,
  notices,
  notThere,
  places,
  backups,
  backup,
  restore,
  restoreChecks,
  retentionReasons,
  jobs,
  warnings,
  settings,
  schedules,
  storage,
  fieldFaults,
} as const

type Texts<Value> = Value extends string
  ? string
  : Value extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Texts<Answer>
    : { readonly [Key in keyof Value]: Texts<Value[Key]> }

export type Messages = Texts<typeof en>
