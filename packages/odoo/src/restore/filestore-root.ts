import { access, chown, constants, mkdir, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { OdooCluster } from '../cluster/cluster.ts'
import { OdooError } from '../errors.ts'
import { filestoreRoot } from '../settings/paths.ts'

/**
 * Checks that files may be written where filestores are, and have room there; makes nothing.
 * @throws OdooError `permission_denied`, `disk_full`
 */
export async function checkFilestoreRoot(cluster: OdooCluster, fileBytes: number): Promise<void> {
  const root = filestoreRoot(cluster.settings)
  const folder = await nearestFolder(root)
  await access(folder, constants.W_OK).catch(cause => {
    throw notWritable(root, cause)
  })
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free < fileBytes)
    throw new OdooError(
      'disk_full',
      `The files need ${megabytes(fileBytes)}, and the disk of ${root} has ${megabytes(free)} left. Free space there.`,
    )
}

/**
 * On an empty server there is no folder for filestores yet: Odoo must be able to add others to it.
 * @throws OdooError `permission_denied`
 */
export async function makeFilestoreRoot({ settings, runAs: owner }: OdooCluster): Promise<void> {
  const root = filestoreRoot(settings)
  try {
    const first = await mkdir(root, { recursive: true })
    if (first === undefined || owner === undefined) return
    for (let folder = root; folder.length >= first.length; folder = dirname(folder))
      await chown(folder, owner.uid, owner.gid)
  } catch (cause) {
    throw notWritable(root, cause)
  }
}

/** The folder itself, or where it does not exist the one above it that does. */
export async function nearestFolder(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  )
  return exists || path === dirname(path) ? path : nearestFolder(dirname(path))
}

function notWritable(root: string, cause: unknown): OdooError {
  return new OdooError(
    'permission_denied',
    `The filestore (${root}) may not be written. Run the agent as Odoo's system user or as root.`,
    { cause },
  )
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`
}
