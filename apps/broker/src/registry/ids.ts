import { z } from 'zod'

/** Ids of different things are different types, so that one is never taken for the other. */
export const AccountId = z
  .uuid('Give the id of the account, which ends the address of its page in the operator console.')
  .brand('AccountId')
export type AccountId = z.infer<typeof AccountId>

export const InstanceId = z.uuid().brand('InstanceId')
export type InstanceId = z.infer<typeof InstanceId>
