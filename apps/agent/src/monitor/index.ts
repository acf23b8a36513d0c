export { createMemoryFile, type MemoryStore } from './memory.ts'
export { createMonitor, type Monitor, type MonitorOptions } from './monitor.ts'
