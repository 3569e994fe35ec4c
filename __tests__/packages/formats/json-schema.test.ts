import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileFormats } from '@lukko/formats';
import { jsonSchemas } from '@lukko/formats/json-schema';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { staleSchemas } from '../../../scripts/json-schemas.ts';

const root = resolve(__dirname, '../../..');

function compile(name: string) {
  const ajv = addFormats(new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }));
  return ajv.compile(JSON.parse(jsonSchemas().get(name) ?? 'missing'));
}

test('the published schemas are what the formats say now', () => {
  expect(staleSchemas()).toEqual([]);
});

test.each(Object.keys(fileFormats))('%s compiles as draft 2020-12', (name) => {
  expect(compile(name)).toBeInstanceOf(Function);
});

test.each([
  ['config', 'config/example.yaml'],
  ['config', 'config/unpinned.yaml'],
  ['fixtures', 'config/fixtures.json'],
  ['lukko', 'lukko.yaml'],
  ['register', 'register.yaml'],
])('%s accepts %s', (name, file) => {
  const validate = compile(name);
  validate(parse(readFileSync(resolve(root, file), 'utf8')));
  expect(validate.errors).toBeNull();
});

test('an unknown field and a wrong type are marked in an editor too', () => {
  const validate = compile('lukko');
  expect(validate({ schemaVersion: 1, posture: 'eu-sovereign', waiver: 'waivers.yaml' })).toBe(false);
  expect(validate({ schemaVersion: 1, posture: 'eu-sovereign', waivers: 1 })).toBe(false);
});

test.each(['config/example.yaml', 'config/unpinned.yaml', 'lukko.yaml', 'register.yaml'])(
  '%s names its schema',
  (file) => {
    const [first = ''] = readFileSync(resolve(root, file), 'utf8').split('\n');
    const named = first.replace('# yaml-language-server: $schema=', '');
    expect(() => readFileSync(resolve(root, file, '..', named))).not.toThrow();
  },
);
