import type { ByHand } from './drift/drift.ts';
import type { SandboxResponse } from './types.ts';

/** A folder of the API by the word a seed uses for it. */
const folderOf = (plural: string): string =>
  plural === 'storage_boxes' ? '/hetzner/v1/storage_boxes' : `/v1/${plural}`;

/** `@networks/private` stands for the id of that network. */
const REFERENCE = /^@([a-z_]{1,40})\/(.{1,300})$/;

/**
 * Makes the objects of a seed: by project and kind the bodies that create them, in this order, such as
 * `{"main": {"networks": [{"name": "private", "ip_range": "10.0.0.0/16"}]}}`. A text `@networks/private` in a body is the id of an
 * object of the seed made before.
 * @param request makes a request by hand
 * @returns how many were made. @throws Error naming the object that cannot be made
 */
export function plant(text: string, request: (project: string, request: ByHand) => SandboxResponse): number {
  let made = 0;
  for (const [project, kinds] of members(parsedSeed(text), 'it')) {
    const ids = new Map<string, number>();
    for (const [plural, bodies] of members(kinds, project)) {
      if (!Array.isArray(bodies)) throw new Error(`the seed: ${project}.${plural} is no list of objects`);
      for (const [index, body] of bodies.entries()) {
        const where = `the seed: ${project}.${plural}[${index}]`;
        const answer = request(project, { method: 'POST', path: folderOf(plural), body: resolved(body, ids, where) });
        const json = answer.body === '' ? {} : (JSON.parse(answer.body) as Readonly<Record<string, unknown>>);
        if (answer.status >= 300) throw new Error(`${where} cannot be made: ${refusal(answer.status, json)}`);
        const object = Object.values(json).find((each): each is { id: number; name: string } => isNamed(each));
        if (object !== undefined) ids.set(`${plural}/${object.name}`, object.id);
        made += 1;
      }
    }
  }
  return made;
}

function parsedSeed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error('the seed is neither JSON nor a snapshot of a sandbox');
  }
}

function members(value: unknown, what: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(
      `the seed: ${what} is no JSON object; write projects, in them kinds such as servers, in them lists`,
    );
  return Object.entries(value);
}

function resolved(body: unknown, ids: ReadonlyMap<string, number>, where: string): unknown {
  return JSON.parse(JSON.stringify(body), (_, value: unknown) => {
    const [, plural, name] = typeof value === 'string' ? (REFERENCE.exec(value) ?? []) : [];
    if (plural === undefined) return value;
    const id = ids.get(`${plural}/${name}`);
    if (id === undefined) throw new Error(`${where} names ${String(value)}, which the seed has not made before`);
    return id;
  });
}

const isNamed = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'id' in value && 'name' in value;

function refusal(status: number, json: Readonly<Record<string, unknown>>): string {
  const { code, message, details } = (json.error ?? {}) as { code?: string; message?: string; details?: unknown };
  const { fields = [] } = (details ?? {}) as { fields?: readonly { name: string; messages?: readonly string[] }[] };
  const told = fields.map(({ name, messages = [] }) => `; ${name}: ${messages.join(' ')}`).join('');
  return `${status} ${code}, ${message}${told}`;
}
