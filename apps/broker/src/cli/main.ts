#!/usr/bin/env node
import { SettingsError } from '@odoo-backup/service'
import { Command, CommanderError } from 'commander'
import { ZodError } from 'zod'
import { StateFolderError } from '../billing/witness/state-folder.ts'
import { registryOutOfReach } from '../registry/database-failure.ts'
import { adminTokenCommand } from './admin-token.ts'
import { billingCommand } from './billing.ts'
import { CommandFailure, WrongUsage } from './command-failure.ts'
import { cutOffCommand } from './cut-off.ts'
import { migrateCommand } from './migrate.ts'
import { printNote } from './print-answer.ts'
import { reapplyRevocationsCommand } from './reapply-revocations.ts'

/** The commands of an operator, beside the service itself. */
const program = new Command('broker')
  .description(
    'Commands for the operator of the broker. Settings come from the environment, as for the service; docs/broker-settings.md lists them.',
  )
  .addHelpText(
    'after',
    `
Exit status:
   0  done
   1  it could not be done, for the reason that is told
  64  wrong usage
  78  settings are missing or wrong`,
  )
  .addCommand(migrateCommand())
  .addCommand(adminTokenCommand())
  .addCommand(cutOffCommand())
  .addCommand(billingCommand())
  .addCommand(reapplyRevocationsCommand())

const USAGE = 64
const SETTINGS = 78

pointToHelp(program, 'npm run broker --')
try {
  await program.parseAsync()
  process.exit(0)
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : USAGE)
  printNote(plainly(error))
  if (error instanceof SettingsError) printNote('docs/broker-settings.md says what each is.')
  process.exit(error instanceof SettingsError ? SETTINGS : error instanceof WrongUsage ? USAGE : 1)
}

/** Wrong usage is a status of its own, and leads to the help of the very command. */
function pointToHelp(command: Command, words: string): void {
  command.exitOverride().showHelpAfterError(`Run "${words} --help" for help.`)
  for (const below of command.commands) pointToHelp(below, `${words} ${below.name()}`)
}

/** What a person is told: the sentence of an expected failure, or what failed without where in our code. */
function plainly(error: unknown): string {
  for (const expected of [SettingsError, StateFolderError, CommandFailure, WrongUsage])
    if (error instanceof expected) return error.message
  if (error instanceof ZodError) return error.issues.map(({ message }) => message).join('\n')
  const outOfReach = registryOutOfReach(error)
  if (outOfReach !== undefined) return outOfReach
  return error instanceof Error ? `Failed: ${error.message}` : 'Failed.'
}
