import { expect, test } from '@jest/globals'
import { uploadProgress } from './upload-progress.ts'

test('an upload tells rate and time left once there is something to reckon them from', () => {
  const bytes = { phase: 'upload', doneBytes: 0, totalBytes: 4000 }
  expect(uploadProgress(0, 4000, 0)).toEqual({ ...bytes, percent: 0 })
  expect(uploadProgress(0, 4000, 60)).toEqual({ ...bytes, percent: 0 })
  expect(uploadProgress(1000, 4000, 1)).toEqual({ ...bytes, doneBytes: 1000, percent: 25 })
  expect(uploadProgress(1000, 4000, 10)).toEqual({
    ...bytes,
    doneBytes: 1000,
    percent: 25,
    bytesPerSecond: 100,
    secondsLeft: 30,
  })
})

test('what is sent around a file is none of it, and an empty file is there at once', () => {
  expect(uploadProgress(4100, 4000, 10)).toMatchObject({ doneBytes: 4000, percent: 100, secondsLeft: 0 })
  expect(uploadProgress(0, 0, 10)).toEqual({ phase: 'upload', doneBytes: 0, totalBytes: 0, percent: 100 })
})
