import { resourceTypes } from '@lukko/terraform-model';
import { nearest } from '../nearest.ts';
import { isOwnFinding } from '../own-findings.ts';
import { PolicyError } from '../policy-source.ts';
import { printable } from '../reports/text.ts';
import type { Rule } from '../rule.ts';

const severities = ['low', 'medium', 'high', 'critical'];
/** What a rule may look at beside resource types: the keys of SubjectKinds. */
const kinds = [
  'backend',
  'provider',
  'module',
  'root',
  'placement',
  'server',
  'volume',
  'data-path',
  'payload',
  'host',
  'image',
  'secret',
  'code-run',
];
const known = [
  'id',
  'title',
  'severity',
  'waivable',
  'controls',
  'rationale',
  'remediation',
  'sources',
  'appliesTo',
  'judges',
  'appliesWhen',
  'check',
  'message',
  'examples',
];

/**
 * What a module exported as a rule, checked field by field: a rule that is half understood would be silent, not strict.
 * @throws PolicyError naming the file, the field, what was expected and what was found.
 */
export function ruleOf(value: unknown, file: string): Rule {
  if (typeof value !== 'object' || value === null) {
    throw new PolicyError(`${file}: expected a rule, found ${found(value)}; export default (kit) => kit.rule({ … })`);
  }
  const fields = new Map(Object.entries(value));
  const wrong = (field: string, expected: string, next: string) =>
    new PolicyError(`${file}: ${field}: expected ${expected}, found ${found(fields.get(field))}; ${next}`);
  const stranger = [...fields.keys()].find((field) => !known.includes(field));
  if (stranger !== undefined) {
    const near = nearest(stranger, known);
    const next = near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
    throw new PolicyError(`${file}: ${printable(stranger)}: expected a field of a rule; ${next}`);
  }
  const text = (field: string) => {
    const given = fields.get(field);
    if (typeof given !== 'string' || given.trim() === '' || given.length > 2000) throw wrong(field, 'text', 'write it');
    return given;
  };
  const id = text('id');
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) || isOwnFinding(id))
    throw wrong('id', 'words of small letters joined by hyphens, such as servers-carry-owner', 'rename it');
  if (!severities.includes(text('severity'))) throw wrong('severity', severities.join(', '), 'choose one');
  const controls = texts(fields.get('controls'));
  if (controls === undefined || !controls.every((control) => /^[A-Z0-9:.]+\/\S+$/i.test(control)))
    throw wrong('controls', "a list such as ['ISO27001:2022/A.8.9']", 'name what the rule serves');
  for (const field of ['check', 'message'])
    if (typeof fields.get(field) !== 'function') throw wrong(field, 'a function', 'write it');
  if (fields.has('appliesWhen') && typeof fields.get('appliesWhen') !== 'function')
    throw wrong('appliesWhen', 'a function', 'write it, or leave it out');
  if (typeof fields.get('waivable') !== 'boolean')
    throw wrong('waivable', 'true or false', 'say whether a waiver may excuse it');
  if (fields.has('judges') && fields.get('judges') !== 'removal')
    throw wrong('judges', "'removal'", 'leave it out for what will exist');
  const examples = fields.get('examples') ?? [];
  const isExample = (one: unknown) =>
    ['name', 'verdict'].every((field) => typeof Object(one)[field] === 'string') &&
    typeof (Object(one).stacks ?? Object(one).terraform) === 'object';
  if (!Array.isArray(examples) || !examples.every(isExample))
    throw wrong('examples', 'a list of { name, verdict, terraform }', 'correct it');
  const sources = texts(fields.get('sources') ?? []);
  if (sources === undefined) throw wrong('sources', 'a list of addresses', 'write it, or leave it out');
  return {
    ...(value as Rule),
    title: text('title'),
    rationale: text('rationale'),
    remediation: text('remediation'),
    appliesTo: subjects(fields.get('appliesTo'), file),
    sources,
    examples: examples as unknown as Rule['examples'],
    file,
  };
}

/** A type of Hetzner's provider must be one it has: a rule about a misspelt type would never be asked. */
function subjects(value: unknown, file: string): Rule['appliesTo'] {
  const list = texts(value);
  if (list === undefined || list.length === 0) {
    throw new PolicyError(
      `${file}: appliesTo: expected a list of subjects, found ${found(value)}; name resource types such as hcloud_server, or ${kinds.join(', ')}`,
    );
  }
  for (const kind of list) {
    const own = kinds.includes(kind) || resourceTypes.includes(kind);
    if (own || (/^[a-z][a-z0-9]*_[a-z0-9_]+$/.test(kind) && !kind.startsWith('hcloud_'))) continue;
    const near = nearest(kind, [...kinds, ...resourceTypes]);
    throw new PolicyError(
      `${file}: appliesTo: expected a resource type or ${kinds.join(', ')}, found ${printable(kind)}${near === undefined ? '' : `; did you mean ${near}?`}`,
    );
  }
  return list as unknown as Rule['appliesTo'];
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

function found(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(printable(value.slice(0, 60)));
  return Array.isArray(value)
    ? 'a list'
    : value === null
      ? 'null'
      : typeof value === 'object'
        ? 'an object'
        : typeof value;
}
