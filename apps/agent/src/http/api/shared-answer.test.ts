import { expect, test } from '@jest/globals'
import { sharedAnswer } from './shared-answer.ts'

function stage(maxAgeMs: number) {
  const asked: { resolve(value: string): void; reject(error: Error): void }[] = []
  const clock = { at: 1000 }
  const shared = sharedAnswer(
    () => new Promise<string>((resolve, reject) => asked.push({ resolve, reject })),
    maxAgeMs,
    () => clock.at,
  )
  return { ask: shared.get, forget: shared.forget, asked, clock }
}

test('those who ask while it is fetched, and shortly after, share one fetch', async () => {
  const { ask, asked, clock } = stage(100)
  const [first, second] = [ask(), ask()]
  asked[0]?.resolve('one')
  clock.at += 99
  expect(await Promise.all([first, second, ask()])).toEqual(['one', 'one', 'one'])
  expect(asked).toHaveLength(1)
})

test('after its time, and after a jump of the clock, it is fetched again', async () => {
  const { ask, asked, clock } = stage(100)
  void ask()
  clock.at += 100
  void ask()
  clock.at -= 5000
  void ask()
  expect(asked).toHaveLength(3)
})

test('a failure is told to those who waited, and the next one tries anew', async () => {
  const { ask, asked } = stage(100)
  const [first, second] = [ask(), ask()]
  asked[0]?.reject(new Error('away'))
  await expect(first).rejects.toThrow('away')
  await expect(second).rejects.toThrow('away')
  const third = ask()
  asked[1]?.resolve('back')
  expect(await third).toBe('back')
})

test('what is told to have changed is fetched again', async () => {
  const { ask, forget, asked } = stage(100)
  void ask('1')
  void ask('1')
  void ask('2')
  expect(asked).toHaveLength(2)
  forget()
  void ask('2')
  expect(asked).toHaveLength(3)
})
