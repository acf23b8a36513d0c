import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect } from '@jest/globals'
import { DumpFilter } from '../dump-lexer/dump-filter.ts'

export const KNOWN_SETTINGS = new Set([
  'client_encoding',
  'standard_conforming_strings',
  'search_path',
  'default_tablespace',
])
export const COMPLETE = '\n--\n-- PostgreSQL database dump complete\n--\n\n'

/** Sends a dump through the filter in pieces of the given sizes, over and over. */
export async function filtered(
  sql: string | Buffer,
  { sizes = [65_536], allowFunctions = false }: { sizes?: readonly number[]; allowFunctions?: boolean } = {},
) {
  const bytes = Buffer.from(sql)
  const pieces: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  const filter = new DumpFilter({ allowFunctions, knownSettings: KNOWN_SETTINGS })
  const source = Readable.from(pieces, { objectMode: false })
  source.on('error', error => filter.destroy(error))
  const out = await buffer(source.pipe(filter))
  return { bytes: out, text: out.toString(), counts: filter.counts }
}

/** Checks that a dump with this statement is refused, and why. */
export async function isRefused(
  statement: string | Buffer,
  because?: RegExp,
  allowFunctions = false,
): Promise<void> {
  const error = await filtered(Buffer.concat([Buffer.from(statement), Buffer.from(COMPLETE)]), {
    allowFunctions,
  }).catch(fault => fault)
  expect(error).toMatchObject({ name: 'OdooError', code: 'dump_refused' })
  if (because) expect(error.message).toMatch(because)
}
