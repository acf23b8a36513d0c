import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { OdooManifest, type OdooSnapshot } from '@odoo-backup/protocol'
import { openPromise } from 'yauzl'

/** A small Odoo zip, read into memory as a snapshot. */
export async function readOdooZip(path: string): Promise<OdooSnapshot> {
  const zip = await openPromise(path)
  const entries = new Map<string, Buffer>()
  for await (const entry of zip.eachEntry())
    entries.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)))
  const content = (name: string) => entries.get(name) ?? Buffer.alloc(0)
  return {
    manifest: OdooManifest.parse(JSON.parse(content('manifest.json').toString())),
    dump: () => Readable.from([content('dump.sql')], { objectMode: false }),
    async *files() {
      for (const [name, bytes] of entries)
        if (name.startsWith('filestore/') && !name.endsWith('/'))
          yield {
            path: name.slice('filestore/'.length),
            sizeBytes: bytes.length,
            open: () => Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false }),
          }
    },
  }
}
