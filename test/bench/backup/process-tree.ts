import { readdirSync, readFileSync } from 'node:fs'

/** What Linux tells of a process and of those that it started. */
export interface TreeUsage {
  /** Of all of them, and of those that have ended, since each began. */
  readonly cpuSeconds: number
  readonly rootRssBytes: number
  /** Of all but the root together. */
  readonly childrenRssBytes: number
}

/** Of clock ticks and memory pages Linux has the same everywhere that Node runs. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

interface ProcessLine {
  readonly pid: number
  readonly parent: number
  readonly ownTicks: number
  readonly endedChildrenTicks: number
  readonly rssBytes: number
}

export function treeUsage(root: number): TreeUsage {
  const all = processes()
  const members = new Set([root])
  for (let before = 0; before < members.size; ) {
    before = members.size
    for (const line of all) if (members.has(line.parent)) members.add(line.pid)
  }
  let ticks = 0
  let rootRssBytes = 0
  let childrenRssBytes = 0
  for (const line of all) {
    if (!members.has(line.pid)) continue
    ticks += line.ownTicks + line.endedChildrenTicks
    if (line.pid === root) rootRssBytes = line.rssBytes
    else childrenRssBytes += line.rssBytes
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rootRssBytes, childrenRssBytes }
}

function processes(): ProcessLine[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(readProcess)
    .filter(line => line !== undefined)
}

/** Fields as in proc(5), counted behind the name, which may itself hold spaces and brackets. */
function readProcess(pid: string): ProcessLine | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const field = (number: number) => fields[number - 3] ?? 0
  return {
    pid: Number(pid),
    parent: field(4),
    ownTicks: field(14) + field(15),
    endedChildrenTicks: field(16) + field(17),
    rssBytes: field(24) * PAGE_BYTES,
  }
}
