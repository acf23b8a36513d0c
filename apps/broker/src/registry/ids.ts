import { z } from 'zod'

/** Ids of different things are different types, so that one is never taken for the other. */
export const AccountId = z.uuid().brand('AccountId')
export type AccountId = z.infer<typeof AccountId>

export const InstanceId = z.uuid().brand('InstanceId')
export type InstanceId = z.infer<typeof InstanceId>
