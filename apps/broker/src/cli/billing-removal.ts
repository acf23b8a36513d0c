import { setImmediate } from 'node:timers/promises'
import { readSettings } from '@odoo-backup/service'
import { Command } from 'commander'
import { createRemoval, type Removal, RemovalRefused } from '../billing/removal/removal.ts'
import { RemovalAccess, RemovalSettings } from '../billing/removal/removal-settings.ts'
import { openRemovalClient, removeFolder } from '../billing/removal/remove-folder.ts'
import type { AccountId } from '../registry/ids.ts'
import { measureFolder } from '../usage/measure-folder.ts'
import { accountOf, atDesk, by, type Desk, noteLook } from './billing-desk.ts'
import { CommandFailure } from './command-failure.ts'
import { printText } from './print-answer.ts'

function removalAt({ database, notices, plans, billing, audit, now }: Desk): Removal {
  const days = readSettings(RemovalSettings, process.env).BROKER_REMOVAL_DAYS
  return createRemoval({ database, notices, plans, control: billing.control, audit, now, days })
}

async function refusing<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RemovalRefused) throw new CommandFailure(error.message)
    throw error
  }
}

/** `removal-notice` and `remove-data`: the only way on which data of unpaid accounts ever goes. */
export function removalCommands(): Command[] {
  return [
    new Command('removal-notice')
      .description('tell an account that does not pay that its data will be removed: twice, each in its time')
      .argument('<account>', 'the id of the account')
      .requiredOption('--why <reason>', 'stands in the audit log')
      .action((account: string, { why }: { why: string }) =>
        atDesk({ call: 'billing removal-notice', why }, desk =>
          refusing(async () => {
            const given = await removalAt(desk).notify(accountOf(account), by(why))
            const which = given.isSecond ? 'second' : 'first'
            printText(
              `The ${which} notice is given; removal from ${given.removedFrom.toISOString()} on at the earliest.`,
            )
          }),
        ),
      ),
    new Command('remove-data')
      .description('remove what an account stores, after two notices and their time; without --yes only told')
      .argument('<account>', 'the id of the account')
      .requiredOption('--why <reason>', 'stands in the audit log')
      .option('--yes', 'do it: every backup and every old version is gone for good')
      .addHelpText(
        'after',
        '\nREMOVAL_ACCESS_KEY_ID and REMOVAL_SECRET_ACCESS_KEY name a key that may list and delete versions and uploads;\nthe broker itself has no such rights.',
      )
      .action((account: string, { why, yes = false }: { why: string; yes?: boolean }) =>
        atDesk({ call: 'billing remove-data', why }, desk =>
          refusing(() => removeData(desk, accountOf(account), { why, yes })),
        ),
      ),
  ]
}

async function removeData(
  desk: Desk,
  accountId: AccountId,
  { why, yes }: { readonly why: string; readonly yes: boolean },
): Promise<void> {
  const access = readSettings(RemovalAccess, process.env)
  const removal = removalAt(desk)
  const client = openRemovalClient(access)
  const bucket = access.BROKER_S3_BUCKET
  try {
    if (!yes) {
      await noteLook(desk, 'removal_checked', { accountId, why })
      const folder = await removal.check(accountId)
      const held = await measureFolder({ client, bucket, pause: () => setImmediate() }, folder)
      printText(
        `Would remove folder ${folder}: ${held.currentObjects} objects (${held.currentBytes} bytes), ${held.oldObjects} old versions (${held.oldBytes} bytes), ${held.uploads} open uploads. Nothing was removed: add --yes.`,
      )
      return
    }
    // Whoever has bought credit since the last attempt pays now, and keeps everything.
    await desk.billing.renewal.renew(accountId, { asked: true, begins: false })
    const removed = await removal.remove(accountId, by(why), (folder, options) =>
      removeFolder({ client, bucket, ...options }, folder),
    )
    printText(`Removed ${removed.versions} versions and ${removed.uploads} open uploads.`)
  } finally {
    client.destroy()
  }
}
