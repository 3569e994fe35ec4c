import { createHash } from 'node:crypto';
import { type PayloadFacts, provePayloads } from '../../../packages/evidence/src/index.ts';

const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest();
const facts = (declared: string, created: string | undefined): PayloadFacts => ({
  server: 'logs',
  address: 'logs/hcloud_server.host',
  declared: [{ sha256: digest('sha256', declared).toString('hex'), sha1: digest('sha1', declared).toString('hex') }],
  // As Hetzner's provider keeps it: https://github.com/hetznercloud/terraform-provider-hcloud, internal/server
  created: created === undefined ? undefined : digest('sha1', created).toString('base64'),
});
const proof = (declared: string, created: string | undefined, booted?: string) => {
  const reported = new Map(booted === undefined ? [] : [['logs', digest('sha256', booted).toString('hex')]]);
  const [found] = provePayloads([facts(declared, created)], reported);
  return found && [found.verdict, found.atCreation, found.atBoot];
};

test('the life of a server across a rebuild', () => {
  // Created with the first text: the state shows it, and the report as well.
  expect(proof('first', 'first')).toEqual(['proven', true, 'unknown']);
  expect(proof('first', 'first', 'first')).toEqual(['proven', true, true]);
  // The declaration changes: until the rebuild it runs another text, and the state alone proves nothing.
  expect(proof('second', 'first')).toEqual(['not proven', false, 'unknown']);
  expect(proof('second', 'first', 'first')).toEqual(['differs', false, false]);
  // Rebuilt: the state still has the hash of the creation, the report decides.
  expect(proof('second', 'first', 'second')).toEqual(['proven', false, true]);
  // Somebody rebuilds it with the first text by hand: the state would agree again, the report does not.
  expect(proof('second', 'second', 'first')).toEqual(['differs', true, false]);
});

test('what cannot be rendered, and a state that is not at hand, prove nothing', () => {
  const [found] = provePayloads([{ ...facts('first', 'first'), declared: [] }], new Map([['logs', 'a'.repeat(64)]]));
  expect([found?.verdict, found?.because]).toEqual([
    'not proven',
    'the declared text cannot be rendered: its state is not at hand',
  ]);
  expect(proof('first', undefined)).toEqual(['not proven', 'unknown', 'unknown']);
});
