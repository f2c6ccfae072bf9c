// Why a server did not start.

/** The port was taken between choosing and binding it: choose others and start again. */
export class AddressInUse extends Error {
  override readonly name = 'AddressInUse'
}

/** A server ended or did not become ready. Its log is kept and named in the message. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
  /** Path of the log. */
  readonly log: string

  constructor(message: string, log: string) {
    super(message)
    this.log = log
  }
}
