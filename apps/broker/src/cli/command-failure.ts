/** A command cannot do what was asked; the message says what to do instead. */
export class CommandFailure extends Error {
  readonly code = 'command_failed'
  override readonly name = 'CommandFailure'
}

/** A command was given values that cannot be; the message says which are meant. */
export class WrongUsage extends Error {
  readonly code = 'wrong_usage'
  override readonly name = 'WrongUsage'
}
