/** A command cannot do what was asked; the message says what to do instead. */
export class CommandFailure extends Error {
  readonly code = 'command_failed'
  override readonly name = 'CommandFailure'
}
