import { knownNames } from '../../../packages/facts/src/hosts/attributes.ts';
import { caddyFacts } from '../../../packages/facts/src/payload/caddy-sites.ts';
import { readCloudConfig } from '../../../packages/facts/src/payload/cloud-config.ts';
import { hostsInFile } from '../../../packages/facts/src/payload/config-files.ts';
import { parseEnvironmentFile } from '../../../packages/facts/src/payload/env-file.ts';
import { TooMuch } from '../../../packages/facts/src/payload/shell-syntax.ts';
import { parseUnitFile, splitWords } from '../../../packages/facts/src/payload/unit-file.ts';
import { hostPart, urlsIn } from '../../../packages/facts/src/payload/urls.ts';
import { secretsByForm, secretsByName } from '../../../packages/facts/src/secret-patterns.ts';
import { file, follow } from './payload/run.ts';
import { factsOf } from './sample.ts';

const size = 100_000;
const pieces = [
  ' ',
  '\t',
  '[',
  '{',
  '(',
  '"',
  "'",
  '`',
  '\\',
  '$',
  '${',
  '$(',
  '<<A\n',
  '#',
  '=',
  ':',
  '://',
  'a.',
  'a:',
  'eyJ-',
  'a ',
  ' a=',
  '\\\n',
  '- ',
  'x{\n',
  '}',
  '((',
  '@',
  '/',
  'password ',
  ';',
  'a\n',
];

/**
 * A parser whose time grows with the square of its input needs hours for these; the test runner's own limit is the measure. Every
 * parser of a payload meets every text.
 */
it.each(pieces)('a hundred thousand characters of %j', (piece) => {
  const text = piece.repeat(Math.ceil(size / piece.length));
  const path = [
    '/etc/apt/sources.list',
    '/etc/apt/sources.list.d/a.sources',
    '/etc/chrony/chrony.conf',
    '/etc/containers/registries.conf',
    '/etc/resolv.conf',
  ];
  for (const each of [text, `x${text}!`, `a://${text}`, `A=${text}`]) {
    try {
      follow(each);
    } catch (error) {
      expect(error).toBeInstanceOf(TooMuch);
    }
    caddyFacts(file('/Caddyfile', each), () => undefined);
    parseEnvironmentFile(each);
    for (const entry of parseUnitFile(`[Service]\nExecStart=${each}`)) splitWords(entry.value);
    for (const at of path) hostsInFile(file(at, each));
    for (const found of urlsIn(each)) hostPart(found.text);
    hostPart(each);
    knownNames(each, new Set(['example.com']));
    secretsByForm(each);
    secretsByName(each);
  }
  readCloudConfig(`#cloud-config\na: ${text.slice(0, 20_000)}`, [], 'x');
  expect(
    factsOf({ resource: { hcloud_server: { a: { user_data: `#!/bin/sh\n${text.slice(0, 30_000)}` } } } }).servers,
  ).toHaveLength(1);
});
