import {
  baseline,
  lukko,
  operatorsFile,
  type PolicyChange,
  parseFile,
  parseJsonFile,
  register,
  waivers,
} from '@lukko/formats';

/** Fields of lukko.yaml that name one file. */
export const namedFields = ['register', 'waivers', 'operators', 'approvers', 'claims', 'baseline'] as const;
export type PolicyRole = 'lukko' | 'rules' | (typeof namedFields)[number];

/** One file of a policy: what it is to the policy, and what stands in it. */
export interface PolicyFile {
  readonly role: PolicyRole;
  readonly text: string;
}
/** By path below the folder of lukko.yaml. */
export type PolicyFiles = ReadonlyMap<string, PolicyFile>;

/** Files a lukko.yaml names, by field; nothing where it cannot be read: what counts is read elsewhere, and complains. */
export function filesNamedIn(text: string): ReadonlyMap<PolicyRole, string> {
  const named = new Map<PolicyRole, string>();
  const own = lenient(() => parseFile(lukko, text, 'lukko.yaml').value);
  for (const field of [...namedFields, 'rules'] as const) {
    const path = own?.[field];
    if (path !== undefined) named.set(field, path);
  }
  return named;
}

/**
 * What a work tree would change in a policy read from elsewhere, file by file and in the order of their names. `what` names
 * entries that come, go or say something else; a file that cannot be read says so and nothing more.
 */
export function policyChanges(before: PolicyFiles, after: PolicyFiles): readonly PolicyChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((file): readonly PolicyChange[] => {
    const [was, is] = [before.get(file), after.get(file)];
    if (was?.text === is?.text) return [];
    const role = (is ?? was)?.role as PolicyRole;
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [{ file, change, what: [...entriesChanged(role, was?.text, is?.text)] }];
  });
}

/** What a file holds, as name and content of each entry. */
type Entries = ReadonlyMap<string, string>;

const entriesOf: { readonly [R in PolicyRole]?: (text: string) => Entries } = {
  lukko: (text) =>
    new Map(Object.entries(parseFile(lukko, text, '').value).map(([field, value]) => [field, short(value)])),
  waivers: (text) => keyed('waiver', parseFile(waivers, text, '').value.waivers, ({ id }) => id),
  register: (text) => keyed('service', parseFile(register, text, '').value.services, ({ host }) => host),
  operators: (text) => keyed('operator', parseFile(operatorsFile, text, '').value.operators, ({ id }) => id),
  baseline: (text) =>
    keyed('accepted', parseJsonFile(baseline, text, '').findings, ({ rule, address }) => `${rule} at ${address}`),
  approvers: (text) =>
    new Map(
      text
        .split('\n')
        .filter((line) => /^[^#\s]/.test(line))
        .map((line) => [`approver ${line.split(/\s/, 1)[0]}`, line]),
    ),
};

/** More than this many are counted. */
const shown = 10;

function entriesChanged(role: PolicyRole, was: string | undefined, is: string | undefined): readonly string[] {
  const read = entriesOf[role];
  if (read === undefined) return [];
  const before = was === undefined ? new Map<string, string>() : lenient(() => read(was));
  const after = is === undefined ? new Map<string, string>() : lenient(() => read(is));
  if (before === undefined || after === undefined) return ['it cannot be read as what it is'];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const texts = names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) return [];
    if (role === 'lukko') return [`${name}: ${old ?? 'not set'} → ${now ?? 'not set'}`];
    return [old === undefined ? `adds ${name}` : now === undefined ? `removes ${name}` : `changes ${name}`];
  });
  return texts.length > shown ? [...texts.slice(0, shown), `and ${texts.length - shown} more`] : texts;
}

function keyed<T>(kind: string, list: readonly T[], key: (entry: T) => string): Entries {
  return new Map(list.map((entry) => [`${kind} ${key(entry)}`, JSON.stringify(entry)]));
}

function short(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function lenient<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
