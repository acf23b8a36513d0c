/** A segment of a path as routes are given it; itself where its encoding is malformed, which no route takes. */
export function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
