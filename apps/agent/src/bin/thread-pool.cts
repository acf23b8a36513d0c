/** libuv's own number: threads that read and write files while every core compresses. */
const FOR_FILES = 4

/**
 * Compression and hashing run in libuv's pool. Its size is read once, at its first use, and loading the first ES
 * module is a use: so this is CommonJS, and runs before anything else is loaded.
 */
const cores = process.getBuiltinModule('node:os').availableParallelism()
process.env.UV_THREADPOOL_SIZE ??= String(cores + FOR_FILES)
