import { type Catalogue, type PolicyInput, readPolicy } from '@lukko/policy-engine';
import { grownInFinland } from './fake-rules.ts';

const catalogue: Catalogue = {
  rules: [grownInFinland],
  rulesOf: () => [grownInFinland],
  operators: [],
  adequate: ['CH'],
  version: '0.1.0',
};
const files: Readonly<Record<string, string>> = {
  'register.yaml': [
    'schemaVersion: 1',
    'services:',
    '  - host: registry.lukko.example',
    '    purpose: container images',
    '    entity: Lukko Example Oy',
    '    country: FI',
    '    role: own',
    '    dataCategories: []',
    '    source: the register itself',
    "    date: '2026-01-01'",
  ].join('\n'),
  'waivers.yaml': 'schemaVersion: 1\nwaivers: []\n',
};
const read = (path: string) => (files[path] === undefined ? undefined : { file: path, text: files[path] });
const policy = (text?: string, changes: Partial<PolicyInput> = {}) =>
  readPolicy({ ...(text === undefined ? {} : { lukko: { file: 'lukko.yaml', text } }), read, catalogue, ...changes });
const message = (text: string) => {
  try {
    policy(text);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'read';
};

test('without lukko.yaml: recommended, which refuses what is neither in the EEA nor found adequate', () => {
  const source = policy();
  expect(source.posture.name).toBe('recommended');
  expect(source.context).toEqual({ allowedJurisdictions: ['EEA', 'CH'] });
  expect(source.policy.files).toEqual([]);
});

test('eu-sovereign allows the EEA and nobody else', () => {
  expect(policy('schemaVersion: 1\nposture: eu-sovereign\n').context.allowedJurisdictions).toEqual(['EEA']);
});

test('lukko.yaml names what the organisation declares', () => {
  const source = policy(
    'schemaVersion: 1\nposture: eu-sovereign\nallowedJurisdictions: [FI]\nregister: register.yaml\nwaivers: waivers.yaml\n',
  );
  expect(source.context.allowedJurisdictions).toEqual(['FI']);
  expect(source.services.map(({ host }) => host)).toEqual(['registry.lukko.example']);
  expect(source.waiversFile).toBe('waivers.yaml');
  expect(source.policy.files).toEqual(['lukko.yaml', 'register.yaml', 'waivers.yaml']);
});

test('--posture wins over lukko.yaml', () => {
  expect(policy('schemaVersion: 1\nposture: eu-sovereign\n', { posture: 'recommended' }).posture.name).toBe(
    'recommended',
  );
});

test('the digest changes with every file, rule and operator, and with nothing else', () => {
  const text = 'schemaVersion: 1\nposture: eu-sovereign\nregister: register.yaml\n';
  const digest = policy(text).policy.sha256;
  expect(policy(text).policy.sha256).toBe(digest);
  const others = [
    policy(`${text}# a comment\n`),
    policy(text, { read: () => ({ file: 'register.yaml', text: 'schemaVersion: 1\nservices: []\n' }) }),
    policy(text, { posture: 'recommended' }),
    policy(text, { catalogue: { ...catalogue, version: '0.2.0' } }),
    policy(text, { catalogue: { ...catalogue, rulesOf: () => [{ ...grownInFinland, severity: 'low' }] } }),
  ];
  expect(new Set([digest, ...others.map((other) => other.policy.sha256)]).size).toBe(6);
});

test.each([
  ['a file that is missing', 'schemaVersion: 1\nposture: recommended\noperators: operators.yaml\n'],
  ['own rules', 'schemaVersion: 1\nposture: recommended\nrules: rules/\n'],
  ['a posture that does not exist', 'schemaVersion: 1\nposture: lenient\n'],
  ['another version', 'schemaVersion: 2\nposture: recommended\n'],
])('%s is said with file and line', (_, text) => {
  expect(message(text)).toMatchSnapshot();
});
