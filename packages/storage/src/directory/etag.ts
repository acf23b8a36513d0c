import type { BigIntStats } from 'node:fs'

/** Changes with every replacement of a file, as an ETag does; found without reading the file. */
export function etagOf(file: BigIntStats): string {
  return `${file.ino.toString(16)}-${file.size.toString(16)}-${file.mtimeNs.toString(16)}`
}
