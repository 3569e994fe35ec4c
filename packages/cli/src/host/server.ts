import type { Api } from './api.ts';
import { isRecord, listAt, numberAt, recordAt, textAt } from './json.ts';

/** A server as the API shows it. */
export interface Server {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Public IPv4 address; undefined for a server without. */
  readonly address: string | undefined;
  readonly volumes: readonly number[];
}

export async function serverById(api: Api, id: number): Promise<Server | undefined> {
  const answer = await api.get(`/servers/${id}`);
  return answer === undefined ? undefined : serverOf(answer.server);
}

export async function serverByName(api: Api, name: string): Promise<Server | undefined> {
  const answer = await api.get(`/servers?name=${encodeURIComponent(name)}`);
  return listAt(answer, 'servers')
    .map(serverOf)
    .find((server) => server?.name === name);
}

function serverOf(json: unknown): Server | undefined {
  const id = numberAt(json, 'id');
  const name = textAt(json, 'name');
  if (!isRecord(json) || id === undefined || name === undefined) return undefined;
  const labels = Object.entries(recordAt(json, 'labels')).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    id,
    name,
    status: textAt(json, 'status') ?? 'unknown',
    labels: Object.fromEntries(labels),
    address: textAt(json, 'public_net', 'ipv4', 'ip'),
    volumes: listAt(json, 'volumes').filter((volume): volume is number => typeof volume === 'number'),
  };
}
