const SAMPLE_BYTES = 4096
/** Compressed and encrypted data has more than 7.95 bits in each byte of such a sample, text about 5. */
const FULL_ENTROPY_BITS = 7.9

/**
 * Whether deflating these bytes is a waste, as with pictures, PDFs and office files: judged by how evenly the
 * byte values are spread at their beginning, middle and end. Less than one sample is always worth a try.
 */
export function isIncompressible(bytes: Buffer): boolean {
  if (bytes.length < SAMPLE_BYTES) return false
  const counts = new Uint32Array(256)
  const starts = [0, (bytes.length - SAMPLE_BYTES) >> 1, bytes.length - SAMPLE_BYTES]
  for (const start of starts) {
    for (const byte of bytes.subarray(start, start + SAMPLE_BYTES)) counts[byte] = (counts[byte] ?? 0) + 1
  }
  const total = starts.length * SAMPLE_BYTES
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total)
  return bits > FULL_ENTROPY_BITS
}
