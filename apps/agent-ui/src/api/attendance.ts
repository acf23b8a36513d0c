/**
 * Whether somebody is at the page. Pages ask again by themselves; what they ask while nobody touches them must not
 * keep a session alive, and what somebody types for an hour without sending it must.
 */
const ATTENDED_MS = 60_000
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

let touchedAt = Date.now()

export function watchAttendance(): void {
  for (const sign of SIGNS) {
    window.addEventListener(
      sign,
      () => {
        touchedAt = Date.now()
      },
      { passive: true, capture: true },
    )
  }
}

/** Goes with each request of a page that was not touched for a minute; the agent then leaves the session as it is. */
export function attendanceHeaders(now = Date.now()): Readonly<Record<string, string>> {
  return now - touchedAt > ATTENDED_MS ? { 'x-unattended': '1' } : {}
}
