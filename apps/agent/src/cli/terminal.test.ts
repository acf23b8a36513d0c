import { PassThrough, Writable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { askOnTerminal, outputOf } from './terminal.ts'

const terminal = () => Object.assign(new PassThrough(), { isTTY: true })

function asked(signal = new AbortController().signal) {
  const [input, output] = [terminal(), terminal()]
  const answer = askOnTerminal(input, output, signal)?.('Password: ', { hidden: true })
  return { input, output, answer }
}

test('what is typed is the answer, and a hidden one is not echoed', async () => {
  const { input, output, answer } = asked()
  input.write('secret\r')
  expect(await answer).toBe('secret')
  expect(String(output.read())).toBe('Password: \n')
})

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s at a question changes nothing, and is no fault', async (_name, key) => {
  const { input, answer } = asked()
  input.write(key)
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
})

test('a signal from elsewhere ends the question as well', async () => {
  const interrupt = new AbortController()
  const { answer } = asked(interrupt.signal)
  interrupt.abort()
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
})

test('nobody is asked where there is no terminal', () => {
  const { signal } = new AbortController()
  expect(askOnTerminal(new PassThrough(), terminal(), signal)).toBeUndefined()
})

test('text for a reader who left is dropped, and bytes for one are refused', async () => {
  const gone = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  })
  const output = outputOf(gone)
  await expect(output.writeBytes(Buffer.from('many'))).rejects.toMatchObject({ code: 'EPIPE' })
  output.write('a line')
  await expect(output.writeBytes(Buffer.from('more'))).rejects.toMatchObject({ code: 'EPIPE' })
})
