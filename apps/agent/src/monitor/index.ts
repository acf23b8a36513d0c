export { createMemoryFile, memoryFileOf } from './memory.ts'
export { createMonitor, type Monitor } from './monitor.ts'
export { openNoticeBoard } from './notice-board.ts'
export { toldOfLogIns } from './told-of-log-ins.ts'
