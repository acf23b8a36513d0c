import { setTimeout as sleep } from 'node:timers/promises'
import { IAMClient } from '@aws-sdk/client-iam'
import { AccountFolder } from '@odoo-backup/protocol'
import { httpUrl, readSettings, secret } from '@odoo-backup/service'
import { Command } from 'commander'
import type { z } from 'zod'
import type { AuditEvent } from '../audit/audit-trail.ts'
import { type CutOffs, createCutOffs } from '../vending/cut-off.ts'
import { isServed, LONGEST_LIFE_HOURS, lastExpiry } from '../vending/last-credential.ts'
import { VendingSettings } from '../vending/vending-settings.ts'
import { CommandFailure } from './command-failure.ts'
import { printNote, printText } from './print-answer.ts'
import { recordedFirst } from './recorded-first.ts'
import { type RegistrySession, withRegistry } from './registry-session.ts'

/** Rights of its own: the broker's key may not change policies, and this command does not use it. */
export const CutOffSettings = VendingSettings.pick({
  BROKER_S3_BUCKET: true,
  BROKER_S3_REGION: true,
  BROKER_STS_ROLE_ARN: true,
}).extend({
  /** Not set: Amazon's own. */
  CUT_OFF_IAM_ENDPOINT: httpUrl().optional(),
  /** Not set, both: the AWS SDK's own search. */
  CUT_OFF_ACCESS_KEY_ID: secret().optional(),
  CUT_OFF_SECRET_ACCESS_KEY: secret().optional(),
})

/** Clocks of the store and of this machine may differ by so much. */
const CLOCKS_DIFFER_MS = 60_000

/** `cut-off FOLDER`: stops credentials that are already out. */
export function cutOffCommand(): Command {
  return new Command('cut-off')
    .description('refuse the credentials that an account already holds')
    .argument('[folder]', "the account's folder in the bucket; without it, finished cut-offs are lifted")
    .option('--reason <text>', 'why, for the audit log')
    .option(
      '--unknown-account',
      'the folder may be one that the registry does not know: it was restored from an older copy',
    )
    .option(
      '--still-served',
      'the account may go on being served: only what is out now is refused for good; without a folder, lifts also what stays since accounts are served again',
    )
    .option('--no-wait', 'do not wait for the end; run `cut-off` without a folder later to lift it')
    .addHelpText(
      'after',
      '\nSuspend the account first, or revoke its instances: whoever is still served gets new credentials. Where others of its\ninstances are to go on, --still-served cuts all of them off for the time, after which their new credentials count.\nWithout it a cut-off stays until the last credential has expired that was vended meanwhile, too.',
    )
    .action(async (folder: string | undefined, options: CutOffOptions) => {
      const settings = readSettings(CutOffSettings, process.env)
      const cutOffs = openCutOffs(settings)
      await withRegistry(process.env, async session => {
        if (folder !== undefined)
          await cutOff(session, cutOffs, { folder: AccountFolder.parse(folder), ...options })
        await lift(session, cutOffs, folder === undefined && options.stillServed === true)
      })
    })
}

function openCutOffs(settings: z.output<typeof CutOffSettings>): CutOffs {
  const { CUT_OFF_ACCESS_KEY_ID: accessKeyId, CUT_OFF_SECRET_ACCESS_KEY: secretAccessKey } = settings
  const iam = new IAMClient({
    region: settings.BROKER_S3_REGION,
    ...(settings.CUT_OFF_IAM_ENDPOINT === undefined ? {} : { endpoint: settings.CUT_OFF_IAM_ENDPOINT }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
  })
  return createCutOffs(iam, { roleArn: settings.BROKER_STS_ROLE_ARN, bucket: settings.BROKER_S3_BUCKET })
}

interface CutOffOptions {
  readonly reason?: string
  readonly unknownAccount?: boolean
  readonly stillServed?: boolean
  readonly wait: boolean
}

interface CutOffOrder extends CutOffOptions {
  readonly folder: AccountFolder
}

async function cutOff(
  { database, audit }: RegistrySession,
  cutOffs: CutOffs,
  { folder, reason, unknownAccount, stillServed = false, wait }: CutOffOrder,
): Promise<void> {
  if (reason === undefined) throw new CommandFailure('Say why: --reason "…". It stands in the audit log.')
  const account = await database.prisma.account.findUnique({ where: { folder } })
  if (account === null && unknownAccount !== true)
    throw new CommandFailure(
      `No account has the folder ${folder}. If the registry was restored from an older copy, it may have forgotten one whose credentials live: then add --unknown-account.`,
    )
  if (account !== null && !stillServed && (await isServed(database.pool, account.id)))
    throw new CommandFailure(
      `The account of ${folder} is still served: its instances would get new credentials, and nothing would be cut off for long. Suspend it first, or revoke its instances. If others of its instances are to go on, add --still-served: they too are refused while the cut-off lasts.`,
    )
  const lifeMs = await longestLifeMs(cutOffs)
  const now = new Date()
  const known = account === null ? undefined : await lastExpiry(database.pool, account.id, now)
  // A restored registry may have forgotten credentials, and the broker's setting may have been another when they were
  // vended, so the longest is reckoned with that the store can have issued up to this moment.
  const end = Math.max(known?.getTime() ?? 0, now.getTime() + lifeMs)
  const until = new Date(end + CLOCKS_DIFFER_MS)
  const event: AuditEvent = {
    action: 'account.cut_off',
    outcome: 'done',
    actor: 'operator',
    ...(account === null ? {} : { accountId: account.id }),
    reason,
    detail: { folder, until: until.toISOString(), stillServed },
  }
  await recordedFirst(audit, event, () => cutOffs.begin({ folder, until, stillServed }))
  printNote(
    known === undefined
      ? 'The audit log knows of no credential of this account that lives.'
      : `The last credential that the audit log knows expires at ${known.toISOString()}.`,
  )
  printText(
    `Whatever credential of ${folder} is out is refused until ${until.toISOString()}: by Ceph from the next request on, by AWS within some seconds.`,
  )
  if (!wait) return
  for (let left = until.getTime() - Date.now(); left > 0; left = until.getTime() - Date.now()) {
    printNote(`Lifted in ${Math.ceil(left / 60_000)} min. Stopping this command leaves the cut-off in place.`)
    await sleep(Math.min(left, 60_000))
  }
}

/** How long a credential may live that is vended at this moment. A role that cannot be read holds nothing up. */
async function longestLifeMs(cutOffs: CutOffs): Promise<number> {
  try {
    return (await cutOffs.longestSessionSeconds()) * 1000
  } catch (error) {
    const why = error instanceof Error ? error.name : String(error)
    printNote(
      `The role cannot be read (${why}; it takes iam:GetRole), so credentials are taken to live for ${LONGEST_LIFE_HOURS} hours, the longest of any store.`,
    )
    return LONGEST_LIFE_HOURS * 3_600_000
  }
}

/** Lifts the cut-offs whose time has come, but for those of accounts that were vended something since. */
async function lift(
  { database, audit }: RegistrySession,
  cutOffs: CutOffs,
  mayBeServed: boolean,
): Promise<void> {
  const now = new Date()
  for (const cutOff of await cutOffs.list()) {
    const { folder, until, stillServed } = cutOff
    if (until > now) continue
    const living = stillServed || mayBeServed ? undefined : await livingUntil(database, folder, now)
    if (living !== undefined) {
      printText(
        `The cut-off of ${folder} stays: this account was served again meanwhile, and its last credential expires at ${living.toISOString()}. Suspend it, and run \`cut-off\` again then; where it is to be served, \`cut-off --still-served\` lifts it now.`,
      )
      continue
    }
    const event: AuditEvent = {
      action: 'account.cut_off_lifted',
      outcome: 'done',
      actor: 'operator',
      detail: { folder },
    }
    await recordedFirst(audit, event, () => cutOffs.lift(cutOff))
    printText(
      stillServed || mayBeServed
        ? `The cut-off of ${folder} is lifted: what was out when it began has expired, and what was vended since counts.`
        : `The cut-off of ${folder} is lifted: what it refused has expired.`,
    )
  }
}

/** When the last credential that an account was vended expires for certain; undefined when none lives. */
async function livingUntil(
  { prisma, pool }: RegistrySession['database'],
  folder: AccountFolder,
  now: Date,
): Promise<Date | undefined> {
  const account = await prisma.account.findUnique({ where: { folder } })
  const surely = new Date(now.getTime() - CLOCKS_DIFFER_MS)
  const last = account === null ? undefined : await lastExpiry(pool, account.id, surely)
  return last === undefined ? undefined : new Date(last.getTime() + CLOCKS_DIFFER_MS)
}
