import { expect, test } from '@jest/globals'
import { type StoredOnDay, storageGraph } from './storage-graph.ts'

const drawn = (samples: readonly StoredOnDay[]) => {
  const text = String(storageGraph(samples, bytes => `${bytes} B`))
  return {
    bars: [...text.matchAll(/<rect x="([^"]*)" y="([^"]*)" width="8" height="([^"]*)"/g)].map(bar =>
      bar.slice(1).map(Number),
    ),
    labels: [...text.matchAll(/<span>([^<]*)<\/span>/g)].map(([, label]) => label),
    width: Number(/viewBox="0 0 (\d+) 120"/.exec(text)?.[1]),
  }
}

test('each day has a bar of its own, and one without a sample is empty', () => {
  const samples = [
    { day: '2026-01-03', bytes: 0 },
    { day: '2026-01-04', bytes: 400 },
    { day: '2026-01-07', bytes: 200 },
  ]
  expect(drawn(samples)).toEqual({
    // From the left, from above, high.
    bars: [
      [251, 120, 0],
      [261, 0, 120],
      [291, 60, 60],
    ],
    labels: ['400 B', '0', '2025-12-09', '2026-01-07'],
    width: 300,
  })
})

test('one day alone is one bar of a month', () => {
  expect(drawn([{ day: '2026-03-29', bytes: 5 }])).toEqual({
    bars: [[291, 0, 120]],
    labels: ['5 B', '0', '2026-02-28', '2026-03-29'],
    width: 300,
  })
})

test('what is older than a month makes the graph wider', () => {
  const samples = [
    { day: '2026-01-01', bytes: 5 },
    { day: '2026-03-31', bytes: 5 },
  ]
  expect(drawn(samples)).toMatchObject({ width: 900, labels: ['5 B', '0', '2026-01-01', '2026-03-31'] })
})

test('what lies years back is not drawn, and takes no room', () => {
  const samples = [
    { day: '2024-01-01', bytes: 900 },
    { day: '2026-01-01', bytes: 5 },
    { day: '2026-03-31', bytes: 5 },
  ]
  expect(drawn(samples)).toMatchObject({ width: 900, labels: ['5 B', '0', '2026-01-01', '2026-03-31'] })
})

test('where nothing is stored there is no bar to see, and no number that is none', () => {
  expect(drawn([{ day: '2026-03-29', bytes: 0 }])).toMatchObject({
    bars: [[291, 120, 0]],
    labels: ['0 B', '0', '2026-02-28', '2026-03-29'],
  })
})
