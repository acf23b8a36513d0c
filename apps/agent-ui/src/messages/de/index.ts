import type { Messages } from '../en/index.ts'
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

/** Every text of the pages in German. */
export const de: Messages = {
  language: 'de',
  name: 'Deutsch',
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
}
