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
  const links: (readonly [at: string, target: string])[] = [];
  const controls: string[] = [];
  const waiting: (readonly [at: string, value: unknown])[] = [['', document]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [at, value] = next;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'object') waiting.push([`${at}/${key}`, inner]);
      else if (key === 'uuid') {
        if (uuids.has(String(inner))) problems.push(`${at}/${key}: ${inner} stands twice`);
        uuids.add(String(inner));
      } else if ((key === 'href' || key === 'source') && String(inner).startsWith('#'))
        links.push([`${at}/${key}`, String(inner).slice(1)]);
      else if (key === 'observation-uuid' || key === 'subject-uuid') links.push([`${at}/${key}`, String(inner)]);
      else if (key === 'control-id' || key === 'target-id') controls.push(String(inner));
    }
  }
  for (const [at, target] of links)
    if (!uuids.has(target)) problems.push(`${at}: leads to ${target}, which is nowhere`);
  const known = new Set(controlIds.map((id) => id.toLowerCase()));
  for (const id of new Set(controls)) if (!known.has(id)) problems.push(`${id} is no control of Annex A`);
  for (const result of list(group(group(document)['assessment-results']).results)) problems.push(...ofResult(result));
  return problems.sort();
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
