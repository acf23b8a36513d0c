const FORM = /^(\d{4})-(\d\d)-(\d\d)_(\d\d)-(\d\d)-(\d\d)$/

/** The time in a backup's name: UTC, to the second, as Python's `%Y-%m-%d_%H-%M-%S`. Parts of a second are dropped. */
export function formatTimestamp(time: Date): string {
  const iso = time.toISOString()
  if (!/^\d{4}-/.test(iso)) throw new RangeError('The time of a backup lies in the years 0 to 9999.')
  return iso.slice(0, 19).replace('T', '_').replaceAll(':', '-')
}

/** The reverse; undefined for what `formatTimestamp` never writes, such as a 30th of February. */
export function parseTimestamp(text: string): Date | undefined {
  const parts = FORM.exec(text)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second] = parts
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time.getTime()) || formatTimestamp(time) !== text ? undefined : time
}
