import { controlIds } from '@lukko/formats';

/** https://pages.nist.gov/OSCAL-Reference/models/v1.2.1/assessment-results/json-reference/: the schema leaves these open. */
const methods = ['EXAMINE', 'INTERVIEW', 'TEST', 'UNKNOWN'];
const states = ['satisfied', 'not-satisfied'];

type Entry = Readonly<Record<string, unknown>>;

/**
 * What the schema of OSCAL cannot say: identifiers that stand twice, references that lead nowhere, methods, states and controls
 * that do not exist, and a `satisfied` that rests on no test.
 * @returns sentences; empty for a document that is whole
 */
export function lintOscal(document: unknown): readonly string[] {
  const problems: string[] = [];
  const uuids = new Set<string>();
  const links: (readonly [at: Place, target: string])[] = [];
  const controls = new Set<string>();
  const waiting: Place[] = [{ key: '', value: document, above: undefined }];
  for (let above = waiting.pop(); above !== undefined; above = waiting.pop()) {
    const inside = above.value as Entry;
    for (const key of Object.keys(inside)) {
      const value = inside[key];
      if (typeof value === 'object') {
        if (value !== null) waiting.push({ key, value, above });
      } else if (key === 'uuid') {
        if (uuids.has(String(value))) problems.push(`${pathOf({ key, value, above })}: ${value} stands twice`);
        uuids.add(String(value));
      } else if ((key === 'href' || key === 'source') && String(value).startsWith('#'))
        links.push([{ key, value, above }, String(value).slice(1)]);
      else if (key === 'observation-uuid' || key === 'subject-uuid') links.push([{ key, value, above }, String(value)]);
      else if (key === 'control-id' || key === 'target-id') controls.add(String(value));
    }
  }
  for (const [at, target] of links)
    if (!uuids.has(target)) problems.push(`${pathOf(at)}: leads to ${target}, which is nowhere`);
  const known = new Set(controlIds.map((id) => id.toLowerCase()));
  for (const id of controls) if (!known.has(id)) problems.push(`${id} is no control of Annex A`);
  for (const result of list(group(group(document)['assessment-results']).results)) problems.push(...ofResult(result));
  return problems.sort();
}

/** Where something stands in a document; said as a path only when there is something to say about it. */
interface Place {
  readonly key: string;
  readonly value: unknown;
  readonly above: Place | undefined;
}

function pathOf(place: Place): string {
  const keys: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.above) keys.push(at.key);
  return keys.reverse().join('/');
}

function ofResult(result: Entry): readonly string[] {
  const observations = new Map(list(result.observations).map((one) => [String(one.uuid), one]));
  const wrong = [...observations.values()].flatMap((one) =>
    strings(one.methods)
      .filter((method) => !methods.includes(method))
      .map((method) => `observation ${one.uuid}: ${method} is no method (${methods.join(', ')})`),
  );
  const unfounded = list(result.findings).flatMap((one) => {
    const target = group(one.target);
    const state = String(group(target.status).state);
    if (!states.includes(state)) return [`finding ${one.uuid}: ${state} is no state (${states.join(', ')})`];
    if (state !== 'satisfied') return [];
    const related = list(one['related-observations']).map((link) => observations.get(String(link['observation-uuid'])));
    const tests = related.filter(
      (other) => other !== undefined && strings(other.methods).includes('TEST') && counts(other),
    );
    if (tests.length === 0)
      return [`finding ${one.uuid}: ${target['target-id']} is satisfied, and rests on no test that counts`];
    const start = String(result.start);
    return tests.some((other) => String(other?.expires ?? '9') > start)
      ? []
      : [`finding ${one.uuid}: ${target['target-id']} is satisfied by tests that had expired`];
  });
  return [...wrong, ...unfounded];
}

function counts(observation: Entry): boolean {
  return list(observation.props).some(({ name, value }) => name === 'counts' && value === 'yes');
}

function group(value: unknown): Entry {
  return typeof value === 'object' && value !== null ? (value as Entry) : {};
}

function list(value: unknown): readonly Entry[] {
  return Array.isArray(value) ? value.map(group) : [];
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
