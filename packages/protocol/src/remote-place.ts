import { z } from 'zod'

/** Something far away that backups go to, or that knows the way there. */
export const RemotePlace = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('broker') }),
  z.object({ kind: z.literal('broker_storage') }),
  z.object({ kind: z.literal('bucket'), name: z.string() }),
  z.object({ kind: z.literal('folder'), path: z.string() }),
])
export type RemotePlace = z.infer<typeof RemotePlace>
