import type { Readable } from 'node:stream'

/** An object as a listing shows it. */
export interface StoredObject {
  readonly key: string
  readonly sizeBytes: number
  /** Without quotes, as the store gives it; of a multipart upload `<md5 of the part md5s>-<parts>`, often. */
  readonly etag: string
  readonly modifiedAt: Date
}

/** What names an upload in progress, so that a later run can remove what an earlier one left. */
export interface OpenUpload {
  readonly key: string
  readonly uploadId: string
}

export interface PutOptions {
  readonly contentType?: string
  /** Chooses the part size; need not be exact. Absent for small objects. */
  readonly estimatedBytes?: number
  /** Refuse with `object_exists` if the key is taken (only honoured where the whole goes in one request). */
  readonly ifAbsent?: boolean
  /** Called, and awaited, before the first part is sent, so that the caller can note the upload durably. */
  readonly onUploadOpened?: (upload: OpenUpload) => Promise<void>
  /** Bytes that the store has accepted so far. */
  readonly onProgress?: (sentBytes: number) => void
  readonly signal?: AbortSignal
}

/** What was sent, computed from the bytes themselves and not from what the store answered. */
export interface SentObject {
  readonly key: string
  readonly sizeBytes: number
  /** The ETag that a store which follows S3's MD5 rule must show for these bytes and parts. */
  readonly expectedEtag: string
  /** Hexadecimal SHA-256 of all bytes. */
  readonly sha256: string
  /** The ETag that the store answered; differs from `expectedEtag` where the store encrypts (SSE-KMS, SSE-C). */
  readonly storeEtag?: string
  /**
   * True when the store returned a SHA-256 of what it keeps and it is ours: what proves the bytes where an
   * ETag is no MD5.
   */
  readonly checksumConfirmed?: boolean
}

/** Bytes `start` to `end`, both included, as in HTTP. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface GetOptions {
  readonly range?: ByteRange
  /** Fail with `object_changed` unless the object still has this ETag. */
  readonly ifMatch?: string
  readonly signal?: AbortSignal
}

export interface ListOptions {
  readonly signal?: AbortSignal | undefined
  /**
   * Keys part into groups, each up to and with the first such text behind the prefix. A long listing may then be read
   * in several places at once, of which each must be in memory before the next is shown.
   */
  readonly groupsEndWith?: string | undefined
}

/**
 * Where backups are kept. Every error that leaves is one of `./errors.ts`; no driver's own error type does.
 * A key is `/`-separated, without a leading slash. An aborted call rejects with the signal's reason.
 */
export interface Storage {
  /** Streams `body` to `key` with memory that is bounded (see `s3/part-size.ts`). On failure or abort nothing is left: no object, no open upload. */
  put(key: string, body: Readable | Uint8Array, options?: PutOptions): Promise<SentObject>
  get(key: string, options?: GetOptions): Promise<Readable>
  head(key: string): Promise<StoredObject>
  /** Every object whose key begins with `prefix`, in the order of keys; pages by itself. */
  list(prefix: string, options?: ListOptions): AsyncIterable<StoredObject>
  /** Deletes each key; a missing one is no error. Fails with `DeletionIncompleteError`, which names the keys that are still there. */
  delete(keys: readonly string[], options?: { signal?: AbortSignal }): Promise<void>
  /** Removes an upload that never completed; one that is already gone is no error. */
  abortUpload(upload: OpenUpload): Promise<void>
  /**
   * Removes all uploads of a key that never completed, those too of which nobody noted the id, where the store
   * lets us see them. Only for a key that nobody else writes.
   */
  abortUploads(key: string): Promise<void>
}
