import path from 'node:path';
import { InputError } from '../errors.ts';
import { endpoints } from '../gate/endpoints.ts';
import { GATE_MARK } from '../gate/environment.ts';
import { Refusal } from '../gate/refusal.ts';
import { tokenFor } from '../gate/tokens.ts';
import type { Ports } from '../ports/ports.ts';
import { type Api, hcloud } from './api.ts';
import { contactOver } from './contact.ts';
import type { HostWork } from './rebuild.ts';
import { readHostStack } from './stack.ts';
import { readState } from './state.ts';

/** The API a verb speaks to, and whether it is on this machine: then there are no hosts behind it. */
export interface ApiAt {
  readonly api: Api;
  readonly url: string;
  readonly loopback: boolean;
}

/**
 * The API of the project a stack belongs to, by `HCLOUD_ENDPOINT` and the project's token.
 * @throws InputError for an endpoint that is neither Hetzner's nor on this machine, and without token.
 */
export function apiFor(stack: string, ports: Pick<Ports, 'environment' | 'now'>): ApiAt {
  const { environment } = ports;
  return asInput(() => {
    const { HCLOUD_ENDPOINT } = environment;
    const [found] = endpoints({ HCLOUD_ENDPOINT, HETZNER_ENDPOINT: HCLOUD_ENDPOINT }, []);
    // Below the gate the token is the one of this stack's project already.
    const inside = environment[GATE_MARK] !== undefined;
    const token = inside ? environment.HCLOUD_TOKEN : tokenFor(stack, environment, true);
    if (found === undefined || token === undefined || token === '')
      throw new Refusal('HCLOUD_TOKEN is not set', 'set it to a token of the project');
    const clock = () => ports.now().getTime();
    return {
      api: hcloud({ endpoint: found.url, token, clock, environment }),
      url: found.url,
      loopback: found.loopback,
    };
  });
}

/** What the verbs on hosts work with, for one stack. @param minutes how long a host may take until it serves */
export function hostWork(stackName: string, minutes: number, ports: Ports): HostWork {
  const stack = readHostStack(stackName, ports.cwd, ports.environment.CDKTF_OUTDIR);
  const { api, loopback } = apiFor(stackName, ports);
  const rendered = ports.environment.LUKKO_PAYLOAD;
  const knownHosts = path.join(stack.kept, 'known_hosts');
  return {
    stack,
    api,
    reach: loopback
      ? undefined
      : (server) => contactOver({ name: server.name, address: server.address ?? '', knownHosts }, ports.environment),
    state: () => readState(stack, ports.environment),
    ...(rendered === undefined || rendered === '' ? {} : { rendered }),
    now: ports.now,
    say: (line) => ports.out(`${line}\n`),
    longest: minutes * 60_000,
  };
}

/** A refusal of what the gate shares with the verbs is, outside it, an input that cannot be used. */
export function asInput<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof Refusal) throw new InputError(`${error.message}; ${error.next}`);
    throw error;
  }
}
