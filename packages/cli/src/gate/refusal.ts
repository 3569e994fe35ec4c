/** Why the gate lets something not pass, and what to do next. Printed, never a stack trace. */
export class Refusal extends Error {
  readonly next: string;
  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

/** The lines an operator sees: `lukko: refused: …` and the next step. */
export function refusalText(refusal: Refusal): string {
  return `lukko: refused: ${refusal.message}\n  = fix: ${refusal.next}\n`;
}
