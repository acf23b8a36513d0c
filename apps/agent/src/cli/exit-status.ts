/** Ends a command, which has said all there is to say, with an exit status that is no error of the catalogue. */
export class ExitStatus extends Error {
  override readonly name = 'ExitStatus'
  readonly status: 1 | 2 | 130

  constructor(status: 1 | 2 | 130) {
    super(`exit status ${status}`)
    this.status = status
  }
}
