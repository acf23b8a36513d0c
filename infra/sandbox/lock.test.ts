import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { whileAlone } from './lock.ts'

test('two who work on the same folder take turns', async () => {
  const folder = `/nowhere/${randomUUID()}`
  const events: string[] = []
  let letGo = () => {}
  const first = whileAlone(folder, async () => {
    events.push('first begins')
    await new Promise<void>(done => {
      letGo = done
    })
    events.push('first ends')
  })
  let second: Promise<void> | undefined
  await new Promise<void>(waiting => {
    second = whileAlone(
      folder,
      async () => void events.push('second begins'),
      () => waiting(),
    )
  })
  letGo()
  await Promise.all([first, second])
  expect(events).toEqual(['first begins', 'first ends', 'second begins'])
})

test('the turn is given up when the work fails', async () => {
  const folder = `/nowhere/${randomUUID()}`
  await expect(whileAlone(folder, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await whileAlone(folder, async () => 'next')).toBe('next')
})

test('different folders do not wait for each other', async () => {
  const inner = () => whileAlone(`/nowhere/${randomUUID()}`, async () => 'inside')
  expect(await whileAlone(`/nowhere/${randomUUID()}`, inner)).toBe('inside')
})
