/**
 * Something outside did not do what was asked of it: the API, a host, a program. Printed as one message with the next step,
 * exit code 1; wrong arguments and unreadable files are an InputError and exit 2.
 */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly next: string;
  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}
