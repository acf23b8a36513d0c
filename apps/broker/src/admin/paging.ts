import { z } from 'zod'

/** How long lists are read: `cursor` is what the page before answered as `nextCursor`. */
export const pageQuery = <Cursor extends z.ZodType>(cursor: Cursor) => ({
  cursor: cursor.optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
})

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    /** Absent on the last page. */
    nextCursor: z.string().optional(),
  })

/** Cuts what was read, one row more than asked for, to a page. */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { item, cursor }: { item: (row: Row) => Item; cursor: (row: Row) => string },
): { items: Item[]; nextCursor?: string } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(item),
    ...(rows.length > limit && last !== undefined ? { nextCursor: cursor(last) } : {}),
  }
}
