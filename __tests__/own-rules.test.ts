import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPolicy } from '@lukko/policy-engine';
import { adequate, operators, rules, rulesOf } from '../policies/index.ts';

const root = path.join(__dirname, '..');
const shipped = path.join(root, 'examples/own-rules/rules');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});
const folder = (files: Readonly<Record<string, string>>): string => {
  const made = mkdtempSync(path.join(tmpdir(), 'lukko-own-'));
  folders.push(made);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(made, name)), { recursive: true });
    writeFileSync(path.join(made, name), text);
  }
  return made;
};
const ran = (
  verb: 'rules' | 'plan',
  directory: string,
  node = process.execPath,
): { error?: string; rules?: string[] } => {
  const args = ['--import', 'tsx', path.join(__dirname, 'own-rules-child.ts'), verb, directory];
  return JSON.parse(execFileSync(node, args, { cwd: root, encoding: 'utf8' })) as { error?: string };
};
const refusing = `export default ({ rule, no }) => rule({
  id: 'nothing-holds', title: 'Nothing holds', severity: 'high', waivable: true, controls: ['ISO27001:2022/A.8.9'],
  rationale: 'To be seen', remediation: 'None', appliesTo: ['root'],
  check: (root) => no({ at: root.place.file, saw: 'it' }), message: () => 'nothing holds',
});`;
const policyOf = (text: string, own?: Parameters<typeof readPolicy>[0]['own']) =>
  readPolicy({
    lukko: { file: 'lukko.yaml', text: `schemaVersion: 1\nposture: eu-sovereign\n${text}` },
    ...(own === undefined ? {} : { own }),
    catalogue: { rules, rulesOf, operators, adequate, version: 'test' },
  });

describe('own rules at the synth gate', () => {
  test('are those of the folder, each with the digest of its bytes', () => {
    const file = 'servers-carry-owner.mjs';
    const sha256 = createHash('sha256')
      .update(readFileSync(path.join(shipped, file)))
      .digest('hex');
    expect(ran('rules', shipped)).toEqual({ rules: ['servers-carry-owner'], files: [[file, sha256]] });
  });

  test('in TypeScript too', () => {
    const typed = refusing.replace('check: (root)', 'check: (root: { readonly place: { readonly file: string } })');
    expect(ran('rules', folder({ 'a.ts': typed })).rules).toEqual(['nothing-holds']);
  });

  test('that nobody loaded are no pass', () => {
    expect(() => policyOf('rules: rules\n')).toThrow(/^lukko\.yaml:3: rules: nobody loaded these rules/);
  });

  test('outside the folder of lukko.yaml are refused', () => {
    expect(() => policyOf('rules: ../rules\n', { rules: [], files: [] })).toThrow(
      /^lukko\.yaml:3: rules: expected a folder below/,
    );
  });

  test.each([
    ['a folder that is not there', undefined, /expected a folder with own rules, found none/],
    ['a module that cannot be read', { 'a.mjs': 'export default (' }, /a\.mjs: cannot be imported: /],
    ['an import from outside', { 'a.mjs': "import '../../main.ts';" }, /a\.mjs: cannot be imported/],
    ['what is no rule', { 'a.mjs': 'export default 1;' }, /a\.mjs: expected a rule, found number/],
  ])('%s: an error that names it', (_, files, message) => {
    const { error } = ran('rules', files === undefined ? path.join(tmpdir(), 'lukko-nowhere') : folder(files));
    expect(error).toMatch(message);
  });
});

test('the plan gate judges by the rules lukko.yaml names', () => {
  const lukko = 'schemaVersion: 1\nposture: recommended\nrules: rules\n';
  const repository = folder({ 'lukko.yaml': lukko, 'rules/a.mjs': refusing });
  expect(ran('plan', repository)).toEqual({ exitCode: 1, own: ['fail nothing holds'] });
});
