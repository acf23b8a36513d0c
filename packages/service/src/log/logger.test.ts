import { expect, test } from '@jest/globals'
import { createLogger, type LoggerOptions } from './logger.ts'
import { createRedaction } from './redact.ts'

function recording(options: Omit<LoggerOptions, 'name' | 'destination'> = {}) {
  const lines: string[] = []
  const log = createLogger({
    name: 'test',
    ...options,
    destination: { write: line => void lines.push(line) },
  })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') }
}

test('a line is one JSON object with name, level by name and an ISO time', () => {
  const { log, last } = recording()
  log.info({ port: 8080 }, 'listening')
  expect(last()).toMatchObject({ name: 'test', level: 'info', port: 8080, msg: 'listening' })
  expect(new Date(last().time).toISOString()).toBe(last().time)
})

test.each([
  'authorization',
  'Cookie',
  'set-cookie',
  'password',
  'user_key',
  'userKey',
  'token',
  'secret',
  'sessionToken',
])('the value of %s is hidden, however deep it stands', key => {
  const { log, lines } = recording()
  log.info({ request: { headers: [{ [key]: 'canary-value' }] } })
  log.info({ [key]: ['canary-value'] })
  expect(lines.join('')).not.toContain('canary-value')
  expect(lines.join('')).toContain('[hidden]')
})

test('a one-time code is hidden, the stable code of an error is not', () => {
  const { log, last } = recording()
  log.warn({ code: 'Zk3-9_aQ7wBx0LmN4pRsTu' })
  expect(last().code).toBe('[hidden]')
  for (const code of ['payment_required', 'ECONNREFUSED', '23505']) {
    log.warn({ code })
    expect(last().code).toBe(code)
  }
})

test('a registered secret is hidden in messages, values, errors, their causes and child bindings', () => {
  const { log, lines } = recording({ secrets: ['canary-value', 'line\nbreak"quote'] })
  log.info('canary-value and line\nbreak"quote')
  log.info({ path: '/x/canary-value', text: 'line\nbreak"quote' })
  log.error(new Error('canary-value', { cause: new Error('inner canary-value') }))
  log.child({ where: 'canary-value' }).info('child')
  expect(lines).toHaveLength(4)
  expect(lines.join('')).not.toMatch(/canary-value|quote/)
  expect(JSON.parse(lines[2] ?? '').err.cause.message).toBe('inner [hidden]')
})

test('a secret key in a child binding is hidden', () => {
  const { log, last } = recording()
  log.child({ token: 'canary-value' }).info('child')
  expect(last().token).toBe('[hidden]')
})

test('no line holds a query string, a fragment, a password in a URL or a bearer token', () => {
  const { log, lines, last } = recording()
  log.info({ url: 'https://a.example/get?user_key=canary1&x=1', path: '/get?user_key=canary2' })
  log.info('went to "https://a.example/#access_token=canary3" and postgres://me:canary4@db/x')
  log.info('sent Authorization: Bearer canary5canary5')
  expect(lines.join('')).not.toMatch(/canary/)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ url: 'https://a.example/get', path: '/get' })
  expect(last().msg).toBe('sent Authorization: Bearer [hidden]')
})

test('an error keeps its type, code and stack', () => {
  const { log, last } = recording()
  log.error({ err: Object.assign(new TypeError('wrong'), { code: 'bad_shape' }) }, 'failed')
  expect(last().err).toMatchObject({ type: 'TypeError', message: 'wrong', code: 'bad_shape' })
  expect(last().err.stack).toContain('logger.test.ts')
})

test('circular objects, buffers and big numbers do not break a line', () => {
  const { log, last } = recording()
  const circular: Record<string, unknown> = { bytes: Buffer.from('abc'), big: 12n }
  circular.self = circular
  log.info(circular)
  expect(last()).toMatchObject({ bytes: '[3 bytes]', big: '12' })
})

test('secrets may be added later', () => {
  const redaction = createRedaction()
  expect(redaction.text('later-secret')).toBe('later-secret')
  redaction.add('later-secret')
  expect(redaction.text('a later-secret b')).toBe('a [hidden] b')
})
