// Why a command ends without what it was asked for, and with which exit code.

export class CommandFailure extends Error {
  override name = 'CommandFailure';

  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

/** The command line itself is wrong. */
export const usageFailure = (message: string): CommandFailure => new CommandFailure(message, 2);
