import type { RestoreCheck, RestoreCheckText } from '@odoo-backup/protocol'

type Text = Extract<RestoreCheckText, { code: 'room_enough' | 'room_lacking' }>
export type Measured = Omit<Text, 'code'>

/** What a restore writes to one disk. */
export interface RoomNeeded extends Measured {
  /** The same for folders on one disk. */
  readonly device: number
}

/** Whether each need has room, and whether all that go to one disk have it together. */
export function judgeRoom(needs: readonly RoomNeeded[]): { state: RestoreCheck['state']; text: Text }[] {
  const together = [...new Set(needs.map(({ device }) => device))].flatMap(device => {
    const shared = needs.filter(need => need.device === device)
    const all = {
      purpose: 'together' as const,
      folder: shared.map(({ folder }) => folder).join(', '),
      neededBytes: shared.reduce((sum, { neededBytes }) => sum + neededBytes, 0),
      freeBytes: Math.min(...shared.map(({ freeBytes }) => freeBytes)),
    }
    const isNews = lacks(all) && !shared.some(lacks)
    return isNews ? judged(all, shared.some(isEstimate)) : []
  })
  return [...needs.map(({ device: _, ...measured }) => judged(measured, isEstimate(measured))), ...together]
}

/** How much a database takes is known when it is loaded: a restore that may do well is not refused. */
function isEstimate({ purpose }: Measured): boolean {
  return purpose === 'database'
}

function lacks({ neededBytes, freeBytes }: Measured): boolean {
  return freeBytes < neededBytes
}

function judged(measured: Measured, isEstimated: boolean): { state: RestoreCheck['state']; text: Text } {
  return lacks(measured)
    ? { state: isEstimated ? 'warning' : 'fault', text: { code: 'room_lacking', ...measured } }
    : { state: 'ok', text: { code: 'room_enough', ...measured } }
}
