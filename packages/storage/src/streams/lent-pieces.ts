/** What takes back the memory of each piece that is lent. */
const lenders = new WeakMap<Uint8Array, () => void>()

/**
 * Marks a piece of a stream whose memory its maker wants back. A reader that knows of this calls `returnPiece`; with
 * any other, `takeBack` is never called and the memory is the garbage collector's.
 */
export function lendPiece<T extends Uint8Array>(piece: T, takeBack: () => void): T {
  lenders.set(piece, takeBack)
  return piece
}

/** To be called by the only reader of a stream when it has copied a piece and will not look at it again. */
export function returnPiece(piece: Uint8Array): void {
  const takeBack = lenders.get(piece)
  lenders.delete(piece)
  takeBack?.()
}
