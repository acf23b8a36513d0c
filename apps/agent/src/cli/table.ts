import { plainText } from './plain-text.ts'

/** Columns as wide as their longest cell, two spaces apart; numbers to the right. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const texts = rows.map(row => row.map(cell => plainText(String(cell)).replaceAll(/[\n\t]/g, ' ')))
  const isNumber = headings.map((_, column) => rows.every(row => typeof row[column] === 'number'))
  const widths = headings.map((heading, column) =>
    texts.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), heading.length),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(headings), ...texts.map(line)].join('\n')
}
