import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  entriesOf,
  formatIni,
  IniValueError,
  parseIni,
  sectionsOf,
  strayLines,
  valueIn,
  withoutSection,
  withValue,
} from './ini-document.ts'

const SAMPLE = [
  '; written by hand\r\n',
  '[options]\r\n',
  '# the database\r\n',
  'Db_Host = localhost ; not a comment\r\n',
  'long: one\r\n',
  '   two\r\n',
  '\r\n',
  '[database:my.db]\r\n',
  'enabled=True',
].join('')

test('a document is written exactly as it was read, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '=', '[', ']', '\n', '\r', ' ', '#', ':') }), text => {
      expect(formatIni(parseIni(text))).toBe(text)
    }),
  )
})

test('keys are found in any case, values keep inline semicolons, continuation lines are joined', () => {
  const document = parseIni(SAMPLE)
  expect(valueIn(document, 'options', 'db_host')).toBe('localhost ; not a comment')
  expect(valueIn(document, 'options', 'long')).toBe('one\ntwo')
  expect(valueIn(document, 'database:my.db', 'enabled')).toBe('True')
  expect(sectionsOf(document)).toEqual(['options', 'database:my.db'])
})

test('changing one value changes one line and keeps comments, order and line ends', () => {
  const changed = formatIni(withValue(parseIni(SAMPLE), 'options', 'db_host', 'db'))
  expect(changed).toBe(SAMPLE.replace('Db_Host = localhost ; not a comment', 'Db_Host = db'))
})

test('a new key goes to the end of its section, a new section to the end of the file', () => {
  const changed = withValue(withValue(parseIni(SAMPLE), 'options', 'new', '1'), 'other', 'x', 'y')
  expect(formatIni(changed)).toBe(
    `${SAMPLE.replace('   two\r\n', '   two\r\nnew = 1\r\n')}\r\n\r\n[other]\r\nx = y\r\n`,
  )
})

test('a value of several lines is written so that it reads back as it was', () => {
  const changed = formatIni(withValue(parseIni(SAMPLE), 'options', 'json', '{\n"a": 1\n}'))
  expect(valueIn(parseIni(changed), 'options', 'json')).toBe('{\n"a": 1\n}')
  expect(changed).not.toMatch(/[^\r]\n/)
})

test('removing takes the entry with its continuation lines, or the whole section, and nothing else', () => {
  const document = parseIni(SAMPLE)
  expect(formatIni(withValue(document, 'options', 'long', undefined))).toBe(
    SAMPLE.replace('long: one\r\n   two\r\n', ''),
  )
  expect(formatIni(withoutSection(document, 'options'))).toBe(
    '; written by hand\r\n[database:my.db]\r\nenabled=True',
  )
})

test('set then get gives the value, and every other entry stays', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
  fc.assert(
    fc.property(word, fc.stringMatching(/^[!-~]{1,20}$/), (key, value) => {
      const document = parseIni(SAMPLE)
      const changed = parseIni(formatIni(withValue(document, 'options', key, value)))
      expect(valueIn(changed, 'options', key)).toBe(value)
      const others = (of: typeof document) =>
        entriesOf(of)
          .filter(entry => entry.key !== key)
          .map(entry => [entry.section, entry.key, entry.value])
      expect(others(changed)).toEqual(others(document))
    }),
  )
})

test('whatever the value, it reads back exactly or is refused, and nothing else changes', () => {
  const odd = fc.string({
    unit: fc.constantFrom(
      'a',
      ' ',
      '\t',
      '\n',
      '\r',
      '#',
      ';',
      '=',
      ':',
      '[',
      ']',
      '\u00a0',
      '\u2028',
      '\ud800',
    ),
    maxLength: 8,
  })
  const document = parseIni(SAMPLE)
  const others = (of: typeof document) =>
    entriesOf(of)
      .filter(entry => entry.key !== 'password')
      .map(({ section, key, value }) => [section, key, value])
  fc.assert(
    fc.property(odd, value => {
      let written: string
      try {
        written = formatIni(withValue(document, 'options', 'password', value))
      } catch (error) {
        expect(error).toBeInstanceOf(IniValueError)
        expect(value).not.toMatch(/^[a#;=:[\]]+$/)
        return
      }
      const read = parseIni(Buffer.from(written).toString())
      expect(valueIn(read, 'options', 'password')).toBe(value)
      expect(others(read)).toEqual(others(document))
    }),
    { numRuns: 2000 },
  )
})

test.each([' lead', 'trail ', 'a\n# b', 'a\n', 'a\rb', 'a\n\nb', '\u00a0a', 'a\ud800'])(
  '%j is refused',
  value => {
    const set = () => withValue(parseIni(SAMPLE), 'options', 'password', value)
    expect(set).toThrow(IniValueError)
    expect(set).toThrow('password_file')
  },
)

test('a line that means nothing is named by its number', () => {
  expect(strayLines(parseIni('x = 1\n[options]\nwhat\na = 1\n'))).toEqual([1, 3])
})
