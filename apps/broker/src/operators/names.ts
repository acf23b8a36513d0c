import type { PrismaClient } from '../registry/generated/client.ts'
import { AccountId, InstanceId } from '../registry/ids.ts'

/** What those are called whom a page names by their ids; whoever is not known here is missing. */
export interface Names {
  readonly accounts: ReadonlyMap<string, string>
  readonly instances: ReadonlyMap<string, string>
  /** By `provider:subject`. */
  readonly operators: ReadonlyMap<string, string>
}

/** Whom a row names; an actor as the audit log has it. */
export interface Naming {
  readonly accountId?: string | null
  readonly instanceId?: string | null
  readonly actor?: string
}

/** So many are looked up for a page; of a longer list the rest is shown by its ids. */
const MOST = 1000

/** The names of all whom these rows name. */
export async function namesIn(prisma: PrismaClient, rows: readonly Naming[]): Promise<Names> {
  const actors = rows.flatMap(({ actor }) => (actor === undefined ? [] : [actor]))
  const behind = (kind: string) =>
    actors.filter(actor => actor.startsWith(`${kind}:`)).map(actor => actor.slice(kind.length + 1))
  const accountIds = known(AccountId, [...rows.map(({ accountId }) => accountId), ...behind('account')])
  const instanceIds = known(InstanceId, [...rows.map(({ instanceId }) => instanceId), ...behind('instance')])
  const operators = [...new Set(behind('operator'))].slice(0, MOST).map(operator => {
    const [provider = '', ...subject] = operator.split(':')
    return { provider, subject: subject.join(':') }
  })
  const [accounts, instances] = await Promise.all([
    prisma.account.findMany({
      where: { OR: [{ id: { in: accountIds } }, ...operators] },
      select: { id: true, provider: true, subject: true, email: true, displayName: true, folder: true },
    }),
    prisma.instance.findMany({
      where: { id: { in: instanceIds } },
      select: {
        id: true,
        name: true,
        origins: { select: { origin: true }, orderBy: { approvedAt: 'asc' }, take: 1 },
      },
    }),
  ])
  const named = accounts.map(account => ({ ...account, called: accountName(account) }))
  return {
    accounts: new Map(named.map(({ id, called }) => [id, called])),
    operators: new Map(named.map(({ provider, subject, called }) => [`${provider}:${subject}`, called])),
    instances: new Map(
      instances.flatMap(({ id, name, origins: [first] }) => {
        const called = name ?? first?.origin
        return called === undefined ? [] : [[id, called]]
      }),
    ),
  }
}

interface NamedAccount {
  readonly email: string | null
  readonly displayName: string | null
  readonly folder: string
}

function accountName({ email, displayName, folder }: NamedAccount): string {
  return email ?? displayName ?? folder
}

function known<Id extends string>(
  schema: { safeParse(value: unknown): { readonly data?: Id | undefined } },
  ids: readonly unknown[],
): Id[] {
  const found = [...new Set(ids)].map(id => schema.safeParse(id).data)
  return found.filter(id => id !== undefined).slice(0, MOST)
}
