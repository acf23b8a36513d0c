import type { UnreachablePlace } from '@odoo-backup/protocol'
import type { Agent, Inventory, InventoryOptions } from '../operations.ts'

/** What lies in the places that answer, where one does at least; rejects with why none does. */
export async function someInventory(
  agent: Pick<Agent, 'inventory'>,
  options?: InventoryOptions,
): Promise<Inventory> {
  const inventory = await agent.inventory(options)
  const [first] = inventory.unreachable
  if (first !== undefined && inventory.answered === 0) throw first.error
  return inventory
}

/** The places that did not answer, with why, as every surface tells it. */
export function unreachablePlaces({
  unreachable,
}: Inventory): (UnreachablePlace & Pick<Inventory['unreachable'][number], 'keeps'>)[] {
  return unreachable.map(({ place, at, error: { code, message }, keeps }) => ({
    place,
    at,
    code,
    message,
    keeps,
  }))
}
