#!/usr/bin/env node
import { SettingsError } from '@odoo-backup/service'
import { Command } from 'commander'
import { ZodError } from 'zod'
import { adminTokenCommand } from './admin-token.ts'
import { billingCommand } from './billing.ts'
import { CommandFailure } from './command-failure.ts'
import { cutOffCommand } from './cut-off.ts'
import { migrateCommand } from './migrate.ts'
import { reapplyRevocationsCommand } from './reapply-revocations.ts'

/** The commands of an operator, beside the service itself. */
const program = new Command('broker')
  .description(
    'Commands for the operator of the broker. Settings come from the environment, as for the service.',
  )
  .addCommand(migrateCommand())
  .addCommand(adminTokenCommand())
  .addCommand(cutOffCommand())
  .addCommand(billingCommand())
  .addCommand(reapplyRevocationsCommand())

try {
  await program.parseAsync()
  process.exit(0)
} catch (error) {
  console.error(plainly(error))
  process.exit(1)
}

/** What a person is told: the sentence of an expected failure, or what failed without where in our code. */
function plainly(error: unknown): string {
  if (error instanceof SettingsError || error instanceof CommandFailure) return error.message
  if (error instanceof ZodError) return error.issues.map(({ message }) => message).join('\n')
  return error instanceof Error ? `Failed: ${error.message}` : 'Failed.'
}
