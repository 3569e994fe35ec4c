import { InputError } from '../errors.ts';
import type { Ports } from '../ports/ports.ts';

export interface ControlOptions {
  readonly control?: string;
}

/** Asks the control port of a running sandbox. */
export interface Control {
  /** @returns the JSON of the answer. @throws InputError with the sandbox's own words when it refuses */
  ask(method: string, path: string, body?: unknown): Promise<Json>;
  /** The same with texts. */
  send(method: string, path: string, body?: string): Promise<string>;
}

/**
 * Finds a running sandbox by `--control` or LUKKO_SANDBOX_CONTROL, and its token by LUKKO_SANDBOX_CONTROL_TOKEN.
 * @throws InputError when one is missing, or the address is not on loopback: the token goes nowhere else
 */
export function controlOf({ control }: ControlOptions, { environment }: Ports): Control {
  const address = control ?? environment.LUKKO_SANDBOX_CONTROL;
  const token = environment.LUKKO_SANDBOX_CONTROL_TOKEN;
  if (address === undefined || token === undefined)
    throw new InputError(
      'no running sandbox is known here: set LUKKO_SANDBOX_CONTROL and LUKKO_SANDBOX_CONTROL_TOKEN as lukko sandbox printed them',
    );
  if (!/^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(address))
    throw new InputError(`${address}: expected the address of a control port, such as http://127.0.0.1:43211`);
  const send = async (method: string, path: string, body?: string): Promise<string> => {
    const init = { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body }) };
    const answer = await fetch(`${address}${path}`, init).catch(() => undefined);
    if (answer === undefined) throw new InputError(`${address}: no sandbox answers there; is it still running?`);
    const text = await answer.text();
    if (!answer.ok) throw new InputError(problemIn(text) ?? `${address} answered with status ${answer.status}`);
    return text;
  };
  return {
    send,
    ask: async (method, path, body) =>
      JSON.parse(await send(method, path, body === undefined ? undefined : JSON.stringify(body))) as Json,
  };
}

type Json = Readonly<Record<string, unknown>>;

/** The sentence with which the control port refuses. */
function problemIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
