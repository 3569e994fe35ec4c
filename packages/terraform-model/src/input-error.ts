/** Input that cannot be read: ends in exit code 2. Its message says where, what was expected and what to do next. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly file: string;
  readonly line: number | undefined;
  /** The fault alone, without the place. */
  readonly fault: string;
  readonly nextStep: string;

  constructor(file: string, line: number | undefined, fault: string, nextStep: string) {
    super(`${line === undefined ? file : `${file}:${line}`}: ${fault}; ${nextStep}`);
    this.file = file;
    this.line = line;
    this.fault = fault;
    this.nextStep = nextStep;
  }
}
