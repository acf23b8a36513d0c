import { expect, test } from '@jest/globals'
import { ask } from './ask.ts'
import { ApiError } from './client.ts'

/** A question that hears of no abort, answered when the test likes, and all that was handed on. */
function asked() {
  const heard: (string | ApiError)[] = []
  const note = (what: string | ApiError) => heard.push(what)
  let answer: (value: string) => void = () => undefined
  let fail: (error: unknown) => void = () => undefined
  const coming = new Promise<string>((resolve, reject) => {
    answer = resolve
    fail = reject
  })
  const drop = ask(() => coming, { answer: note, failure: note })
  return { heard, answer, fail, drop, settled: () => coming.catch(() => undefined) }
}

test('what comes is handed on, and an error that nobody foresaw as one without a reason', async () => {
  const good = asked()
  good.answer('yes')
  await good.settled()
  expect(good.heard).toEqual(['yes'])
  const bad = asked()
  bad.fail(new TypeError('unforeseen'))
  await bad.settled()
  expect(bad.heard).toEqual([new ApiError('unknown', 0, 'TypeError: unforeseen')])
})

test('neither a late answer nor a late failure of what is asked no longer is handed on', async () => {
  for (const end of ['answer', 'fail'] as const) {
    const question = asked()
    question.drop()
    question[end]('late')
    await question.settled()
    expect(question.heard).toEqual([])
  }
})
