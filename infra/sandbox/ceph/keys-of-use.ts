import { createHmac } from 'node:crypto'

/**
 * The key of a user beside the broker's who reaches all accounts' folders, for one use. It follows from the key of the bucket's owner, so that a sandbox which was begun before there
 * was this user has it too.
 */
export function keyOfUse(
  use: 'usage' | 'removal',
  owner: { readonly secretAccessKey: string },
): { accessKeyId: string; secretAccessKey: string } {
  const part = (name: string) =>
    createHmac('sha256', owner.secretAccessKey).update(`${use} ${name}`).digest('hex')
  return { accessKeyId: part('id').slice(0, 20).toUpperCase(), secretAccessKey: part('secret').slice(0, 40) }
}
