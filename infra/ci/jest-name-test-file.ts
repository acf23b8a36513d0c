import { join, relative } from 'node:path'
import { expect } from '@jest/globals'
import { TEST_FILE } from './run-folder.ts'

// Fixtures also serve benchmarks, where there is no Jest to ask.
process.env[TEST_FILE] = relative(join(import.meta.dirname, '../..'), expect.getState().testPath ?? '')
