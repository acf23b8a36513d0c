import type { PrismaClient } from '../registry/generated/client.ts'
import { AccountId, InstanceId } from '../registry/ids.ts'

/** What those are called whom a page names by their ids; whoever is not known here is missing. */
export interface Names {
  readonly accounts: ReadonlyMap<string, Named>
  readonly instances: ReadonlyMap<string, Named>
  /** By `provider:subject`. */
  readonly operators: ReadonlyMap<string, Named>
}

/** What somebody is called is theirs to choose: beside it stands what is not, so that nobody passes for another. */
export interface Named {
  readonly called: string
  /** Absent where the end of the id tells it apart. */
  readonly mark?: string
  /** It was chosen freely, and may look like a web address. */
  readonly isOwnWord?: boolean
}

export const NO_NAMES: Names = { accounts: new Map(), instances: new Map(), operators: new Map() }

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
  const asked = new Set(operators.map(({ provider, subject }) => `${provider}:${subject}`))
  return {
    accounts: new Map(
      accounts.map(account => [account.id, { called: accountName(account), mark: account.folder }]),
    ),
    operators: new Map(
      accounts.flatMap(account => {
        const mark = `${account.provider}:${account.subject}`
        return asked.has(mark) ? [[mark, { called: accountName(account), mark }]] : []
      }),
    ),
    instances: new Map(
      instances.flatMap(({ id, name, origins: [first] }): [string, Named][] => {
        if (name !== null) return [[id, { called: name, isOwnWord: true }]]
        return first === undefined ? [] : [[id, { called: first.origin }]]
      }),
    ),
  }
}

interface WithName {
  readonly email?: string | null | undefined
  readonly displayName?: string | null | undefined
  readonly folder: string
}

/** What the console calls an account: what its owner is known by, else its folder. */
export function accountName({ email, displayName, folder }: WithName): string {
  return email ?? displayName ?? folder
}

function known<Id extends string>(
  schema: { safeParse(value: unknown): { readonly data?: Id | undefined } },
  ids: readonly unknown[],
): Id[] {
  const found = [...new Set(ids)].map(id => schema.safeParse(id).data)
  return found.filter(id => id !== undefined).slice(0, MOST)
}
