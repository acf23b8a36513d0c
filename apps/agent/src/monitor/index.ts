export { createMemoryFile, memoryFileOf } from './memory.ts'
export { createMonitor, type Monitor } from './monitor.ts'
export { openNoticeBoard } from './notice-board.ts'
