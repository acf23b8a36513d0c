import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const text = readFileSync(join(import.meta.dirname, 'broker.conf'), 'utf8').replaceAll(/#.*/g, '')

test('no log of the sample proxy holds a query string', () => {
  const [format = ''] = /log_format broker[^;]*;/.exec(text) ?? []
  expect(format).toContain('$logged_path')
  expect(text).toMatch(
    /map \$uri \$logged_path \{\s*~\^\/\(\?<kind>login\|consent\|recharge\)\/ \/\$kind\/-;\s*~\^\(\?<asked>\[\^\?\]\*\)\\\? \$asked;/,
  )
  expect(format).not.toMatch(/\$(uri|request\b|request_uri|args|query_string|http_|arg_|cookie_|is_args)/)
  const logs = [...text.matchAll(/access_log ([^;]*);/g)].map(([, log = '']) => log)
  expect(logs).toHaveLength(2)
  expect(logs.filter(log => log !== 'off' && !/^\S+ broker$/.test(log))).toEqual([])
  // At lower levels nginx quotes the line of the request.
  expect([...text.matchAll(/error_log \S+ ?(\w*);/g)].map(([, level]) => level)).toEqual(['crit'])
})

test('nothing of a request becomes a header of the redirect to TLS', () => {
  expect([...text.matchAll(/return \d+ ([^;]*);/g)].map(([, target]) => target)).toEqual([
    'https://backup.example.com/',
  ])
})

test('the sample proxy overwrites what clients say of their address', () => {
  expect(text).toContain('proxy_set_header X-Forwarded-For $remote_addr;')
  expect(text).not.toContain('$proxy_add_x_forwarded_for')
})
