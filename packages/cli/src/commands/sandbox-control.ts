import path from 'node:path';
import { printable } from '@lukko/policy-engine';
import { DRIFTS } from '@lukko/sandbox';
import { InputError } from '../errors.ts';
import type { Ports } from '../ports/ports.ts';
import { type ControlOptions, controlOf } from '../sandbox/control-client.ts';

interface FaultJson {
  readonly id: number;
  readonly fault: string;
  readonly met: number;
  readonly struck: number;
}

/** `lukko sandbox fault add`: lets requests of a running sandbox go wrong from now on. @returns exit code 0. @throws InputError */
export async function faultAdd(texts: readonly string[], options: ControlOptions, ports: Ports): Promise<number> {
  const control = controlOf(options, ports);
  for (const text of texts) {
    const { fault } = await control.ask('POST', '/faults', { fault: text });
    ports.out(`${line(fault as FaultJson)}\n`);
  }
  return 0;
}

/** `lukko sandbox fault list`: the faults that stand, and how often each struck. @returns exit code 0. @throws InputError */
export async function faultList(options: ControlOptions, ports: Ports): Promise<number> {
  const { faults } = await controlOf(options, ports).ask('GET', '/faults');
  const lines = (faults as readonly FaultJson[]).map((fault) => `${line(fault)}\n`);
  ports.out(lines.length === 0 ? 'no faults\n' : lines.join(''));
  return 0;
}

/** `lukko sandbox fault clear`: removes one fault, or all. @returns exit code 0. @throws InputError */
export async function faultClear(id: string | undefined, options: ControlOptions, ports: Ports): Promise<number> {
  if (id !== undefined && !/^\d{1,9}$/.test(id))
    throw new InputError(`'${id}': expected the number of a fault, as lukko sandbox fault list shows it`);
  const { cleared } = await controlOf(options, ports).ask('DELETE', id === undefined ? '/faults' : `/faults/${id}`);
  ports.out(cleared === 1 ? '1 fault cleared\n' : `${cleared} faults cleared\n`);
  return 0;
}

/**
 * `lukko sandbox drift`: changes a project of a running sandbox by hand, past any code. Without words it says which it knows.
 * @returns exit code 0. @throws InputError
 */
export async function driftByHand(
  words: readonly string[],
  { project, ...options }: ControlOptions & { readonly project?: string },
  ports: Ports,
): Promise<number> {
  if (words.length === 0) {
    const verbs = Object.entries(DRIFTS).map(([verb, { usage, about }]) => [`${verb} ${usage}`, about] as const);
    const width = Math.max(...verbs.map(([usage]) => usage.length));
    ports.out(verbs.map(([usage, about]) => `${usage.padEnd(width)}  ${about}\n`).join(''));
    return 0;
  }
  const { done } = await controlOf(options, ports).ask('POST', '/drift', { project, words });
  ports.out((done as readonly string[]).map((each) => `${printable(each)}\n`).join(''));
  return 0;
}

/** `lukko sandbox snapshot`: writes all objects of a running sandbox to a file. @returns exit code 0. @throws InputError */
export async function snapshot(file: string, options: ControlOptions, ports: Ports): Promise<number> {
  const text = await controlOf(options, ports).send('GET', '/snapshot');
  ports.files.write(path.resolve(ports.cwd, file), text);
  ports.out(`all objects written to ${printable(file)}\n`);
  return 0;
}

/** `lukko sandbox restore`: puts the objects of a snapshot in the place of all there are. @returns exit code 0. @throws InputError */
export async function restore(file: string, options: ControlOptions, ports: Ports): Promise<number> {
  const text = Buffer.from(ports.files.read(path.resolve(ports.cwd, file))).toString('utf8');
  const { objects } = JSON.parse(await controlOf(options, ports).send('PUT', '/snapshot', text)) as {
    readonly objects: Readonly<Record<string, number>>;
  };
  ports.out(`restored: ${countsOf(objects)}\n`);
  return 0;
}

const countsOf = (objects: Readonly<Record<string, number>>): string =>
  Object.entries(objects)
    .map(([project, count]) => `${count} ${count === 1 ? 'object' : 'objects'} in ${project}`)
    .join(', ');

const line = ({ id, fault, met, struck }: FaultJson): string =>
  `fault ${id}: ${printable(fault)} (struck ${struck} of ${met === 1 ? '1 request' : `${met} requests`})`;
