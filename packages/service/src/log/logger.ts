import {
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger,
  pino,
  stdTimeFunctions,
} from 'pino'
import { createRedaction, type Redaction } from './redact.ts'

/** Structured logs: one JSON object per line, times in ISO 8601, level by name. */
export type Log = Logger

export interface LoggerOptions {
  /** Which program speaks. */
  readonly name: string
  /** `trace`, `debug`, `info` (the default), `warn`, `error`, `fatal`, `silent`. */
  readonly level?: string
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream
  /** Values that no line may hold, wherever they stand. */
  readonly secrets?: Iterable<string>
  /** Shared, so that secrets learnt later can be added. */
  readonly redaction?: Redaction
}

/**
 * A pino logger whose every line passes the redaction: values of keys such as `password` or `authorization`, query
 * strings, and registered secrets, in objects, messages, errors, their causes and child bindings.
 *
 * @example const log = createLogger({ name: 'broker', secrets: secretsOf(schema) }); log.info({ port }, 'listening')
 */
export function createLogger(options: LoggerOptions): Log {
  const redaction = options.redaction ?? createRedaction()
  for (const secret of options.secrets ?? []) redaction.add(secret)
  const log: Log = pino(
    {
      name: options.name,
      level: options.level ?? 'info',
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: label => ({ level: label }),
        log: fields => asRecord(redaction.value(fields)),
      },
      // The formatter above has already made plain objects of errors.
      serializers: { err: value => value },
      hooks: {
        streamWrite: line => redaction.text(line),
      },
    },
    options.destination ?? pino.destination({ sync: false }),
  )
  // pino applies no formatter to the bindings of a child.
  const child: (this: Log, bindings: Bindings, options?: ChildLoggerOptions) => Log = log.child
  return Object.assign(log, {
    child(this: Log, bindings: Bindings, childOptions?: ChildLoggerOptions) {
      return child.call(this, asRecord(redaction.value(bindings)), childOptions)
    },
  })
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
