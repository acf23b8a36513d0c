import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { DARK, LIGHT } from '../../packages/service/src/html/tokens.ts'

/** The pages of broker and agent look alike, though one is made by a server and the other by a bundle. */
const css = readFileSync(join(import.meta.dirname, '../../apps/agent-ui/src/style/tokens.css'), 'utf8')

function tokensOf(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('}', start))
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name, value]) => [name, value]),
  )
}

test.each([
  ['light', ':root', LIGHT],
  ['dark', ':root[data-theme="dark"]', DARK],
])('the %s colours of server-rendered pages are those of the web interface', (_name, selector, tokens) => {
  expect(tokensOf(selector)).toMatchObject(tokens)
})
