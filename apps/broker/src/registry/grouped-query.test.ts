import { expect, test } from '@jest/globals'
import { createGroupedQuery } from './grouped-query.ts'

test('what is asked at once, and what is asked while a query runs, becomes one query each', async () => {
  const groups: number[][] = []
  const ends: (() => void)[] = []
  const ask = createGroupedQuery<number, number>(async questions => {
    groups.push([...questions])
    await new Promise<void>(resolve => ends.push(resolve))
    return questions.map(question => question * 10)
  }, 100)
  const first = Promise.all([ask(1), ask(2)])
  await new Promise(setImmediate)
  const second = Promise.all([ask(3), ask(4), ask(5)])
  ends.shift()?.()
  expect(await first).toEqual([10, 20])
  await new Promise(setImmediate)
  ends.shift()?.()
  expect(await second).toEqual([30, 40, 50])
  expect(groups).toEqual([
    [1, 2],
    [3, 4, 5],
  ])
})

test('a group has its largest size, and a failed one fails its own questions alone', async () => {
  const ask = createGroupedQuery<number, number>(async questions => {
    if (questions.includes(3)) throw new Error('down')
    return questions
  }, 2)
  const answers = await Promise.allSettled([ask(1), ask(2), ask(3), ask(4), ask(5)])
  expect(answers.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ])
})
