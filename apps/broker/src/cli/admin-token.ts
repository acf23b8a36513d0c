import { Command, Option } from 'commander'
import { z } from 'zod'
import {
  ADMIN_ROLES,
  type AdminTokens,
  type AdminTokensDependencies,
  createAdminTokens,
  revokeToken,
} from '../admin/admin-tokens.ts'
import { CommandFailure } from './command-failure.ts'
import { printNote, printText } from './print-answer.ts'
import { withRegistry } from './registry-session.ts'

const Name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
    'A name has up to 64 letters, digits, dots, hyphens, underscores or @.',
  )
const Days = z.coerce
  .number('Give a whole number of days.')
  .int('Give a whole number of days.')
  .min(1)
  .max(366)
const Role = z.enum(ADMIN_ROLES)
const DAY_MS = 86_400_000

function tokensIn(prisma: AdminTokensDependencies['prisma']): AdminTokens {
  return createAdminTokens({ prisma, now: () => new Date() })
}

/** `admin-token create | list | revoke`: the tokens of the admin API. */
export function adminTokenCommand(): Command {
  const command = new Command('admin-token').description('make, list and revoke the tokens of the admin API')
  command
    .command('create')
    .description('make a token and show it, this once')
    .argument('<name>', 'who or what will use it; it stands in the audit log')
    .addOption(new Option('--role <role>', 'what it may').choices(ADMIN_ROLES).default('viewer'))
    .option('--days <days>', 'how long it counts', '90')
    .action(async (name: string, options: { role: string; days: string }) => {
      const asked = {
        name: Name.parse(name),
        role: Role.parse(options.role),
        expiresAt: new Date(Date.now() + Days.parse(options.days) * DAY_MS),
      }
      const token = await withRegistry(process.env, ({ changeTrail }) =>
        changeTrail.record(async transaction => {
          const tokens = tokensIn(transaction)
          if ((await tokens.list()).some(other => other.name === asked.name))
            throw new CommandFailure(`There is a token named ${asked.name} already: choose another name.`)
          const detail = { name: asked.name, role: asked.role, expiresAt: asked.expiresAt.toISOString() }
          const event = { action: 'admin.token_created', outcome: 'done', actor: 'operator', detail } as const
          return { answer: await tokens.create(asked), event }
        }),
      )
      printNote(`Keep it well: it is shown this once, and counts until ${asked.expiresAt.toISOString()}.`)
      printText(token)
    })
  command
    .command('list')
    .description('list all tokens, without their secrets')
    .action(async () => {
      const listed = await withRegistry(process.env, ({ database }) => tokensIn(database.prisma).list())
      for (const { name, role, expiresAt, revokedAt } of listed) {
        const state = revokedAt !== undefined ? 'revoked' : expiresAt <= new Date() ? 'expired' : 'counts'
        printText(`${name}\t${role}\t${state}\tuntil ${expiresAt.toISOString()}`)
      }
    })
  command
    .command('revoke')
    .description('make a token worthless at once')
    .argument('<name>')
    .action(async (name: string) => {
      const isRevoked = await withRegistry(process.env, ({ changeTrail }) =>
        revokeToken({ changeTrail, now: () => new Date() }, name, { actor: 'operator' }),
      )
      if (!isRevoked) throw new CommandFailure(`No token named ${name} counts any more.`)
      printText(`${name} is revoked.`)
    })
  return command
}
