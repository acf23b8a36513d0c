import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { OdooError } from '../errors.ts'
import { startProgram } from '../process/program.ts'
import { TestInstance } from '../testing/instance.ts'
import { DumpLexer } from './lexer.ts'

/** Pieces of text that lexers trip over. No statement made of them, however it is cut, is one to PostgreSQL. */
const PIECES = [
  ...["'", "''", '"', '""', '$$', '$a$', '$', '\\', '\\\\', "\\'", ';', '(', ')', '[', ']'],
  ...["E'", "e'", "U&'", 'U&"', "B'", "x'", "N'", 'E', 'zz', 'begin', 'case', 'end', 'create', 'function'],
  ...['--', '/*', '*/', '-', '/', '*', '&', ':', '::', ':=', ':zz', ":'zz'", ':E', '1', '1.', '1e', '.', ','],
  ...[' ', '\n', '\r', '\t', '\v', '\f', '\u00a0', 'é', '\\echo escaped\n', '\\! echo escaped\n', '\n\\.\n'],
]

/** The statements that the lexer sees in a text; undefined where it refuses it or wants more. */
function read(sql: string): string[] | undefined {
  const statements: string[] = []
  const lexer = new DumpLexer({
    statement: found => {
      statements.push(found.toString())
      return 'done'
    },
    backslashLine: () => {
      throw new OdooError('dump_refused', 'a command')
    },
    copyData: () => {},
    copyEnd: () => {},
  })
  try {
    lexer.push(Buffer.from(sql))
    lexer.end()
    return statements
  } catch {
    return undefined
  }
}

test('psql sends exactly the statements that the lexer sees, and takes nothing for a command', async () => {
  const instance = await TestInstance.open(sandboxEnvironment())
  try {
    const piece = fc.constantFrom(...PIECES)
    const candidate = fc.array(fc.array(piece, { minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 3,
    })
    const taken = fc
      .sample(candidate, { numRuns: 80_000, seed: 17 })
      .map(statements => statements.map(pieces => `zz ${pieces.join('')};\n`).join(''))
      .map(sql => ({ sql, statements: read(sql) }))
      .filter(({ statements }) => statements !== undefined && statements.length > 0)
      .slice(0, 2_000)
    expect(taken.length).toBe(2_000)
    const psql = startProgram(
      (await instance.cluster.tool('psql')).path,
      ['--no-psqlrc', '--quiet', '--no-password', '--echo-queries', '--file=-'],
      { environment: await instance.cluster.toolEnvironment('postgres') },
    )
    psql.stdin.end(taken.map(({ sql }, index) => `${sql}\\echo <${index}>\n`).join(''))
    const said = await text(psql.stdout)
    const expected = taken.map(
      ({ statements = [] }, index) => `${statements.map(one => `${one}\n`).join('')}<${index}>\n`,
    )
    // psql leaves empty lines out.
    const dense = (output: string) => output.replaceAll(/\s*\n/g, '\n')
    expect(dense(said)).toBe(dense(expected.join('')))
    expect((await psql.ended).status).toBe(0)
  } finally {
    await instance.close()
  }
})
