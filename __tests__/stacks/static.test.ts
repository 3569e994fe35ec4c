import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { has, run } from '../boot/run.ts';
import { built, documentOf, REPOSITORY, serversOf, shipped } from './built.ts';
import { onHost, textOnHost } from './on-host.ts';

/**
 * The shipped payloads in the programs that will read them, as far as this machine has them. What must be Debian 13's own (units,
 * quadlets) is checked inside the boot test's guest. A program that is absent is named as not run.
 */
const example = built(shipped('example.yaml'));
const payloads = [...example.documents.keys()].flatMap((stack) =>
  serversOf(documentOf(example, stack)).map(
    ([name, server]) => [stack === 'keys' ? name : stack, server.user_data] as const,
  ),
);
const folder = mkdtempSync(path.join(tmpdir(), 'lukko-static-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The folder with the files of a host below it. */
function written(host: string, userData: unknown): string {
  const root = path.join(folder, host);
  for (const file of onHost(userData).files) {
    mkdirSync(path.dirname(root + file.path), { recursive: true });
    writeFileSync(root + file.path, file.content);
  }
  return root;
}

function check(program: string, name: string, body: (host: string, userData: unknown) => void): void {
  if (!has(program)) {
    test(`not run: ${name} (no ${program})`, () => {
      process.stdout.write(`not run: ${name} (no ${program} on this machine)\n`);
      expect(payloads.length).toBe(7);
    });
    return;
  }
  test.each(payloads)(`%s: ${name}`, body);
}

check('cloud-init', 'cloud-init finds the user_data valid', (host, userData) => {
  const file = path.join(folder, `${host}.yaml`);
  writeFileSync(file, textOnHost(userData));
  const { status, stdout, stderr } = run('cloud-init', ['schema', '-c', file]);
  expect([host, status, status === 0 ? '' : stdout + stderr]).toEqual([host, 0, '']);
});

check('nft', 'nftables takes the rules, and they drop by default both ways', (host, userData) => {
  const file = `${written(host, userData)}/etc/nftables.conf`;
  const { status, stderr } = run('unshare', ['--net', 'nft', '-c', '-f', file]);
  expect([host, status, stderr]).toEqual([host, 0, '']);
});

check('sshd', 'sshd takes its configuration, and no password', (host, userData) => {
  const root = written(host, userData);
  const key = path.join(folder, `${host}-key`);
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const config = onHost(userData).files.find(
    ({ path: file }) => file.endsWith('/10-lukko.conf') && file.includes('sshd'),
  )?.content;
  const local = (config ?? '')
    .replaceAll(/^HostKey .*$/gm, `HostKey ${key}`)
    .replaceAll('/etc/ssh/lukko_', `${root}/etc/ssh/lukko_`);
  const file = path.join(folder, `${host}-sshd`);
  writeFileSync(file, local);
  mkdirSync('/run/sshd', { recursive: true });
  const { status, stdout, stderr } = run('sh', [
    '-c',
    'exec "$(command -v sshd || echo /usr/sbin/sshd)" -T -f "$1"',
    'sh',
    file,
  ]);
  expect([host, status, stderr]).toEqual([host, 0, '']);
  for (const line of [
    'passwordauthentication no',
    'kbdinteractiveauthentication no',
    'authorizedkeysfile none',
    'x11forwarding no',
  ])
    expect(stdout.toLowerCase()).toContain(line);
});

check('chronyd', 'chronyd takes its configuration', (host, userData) => {
  const file = `${written(host, userData)}/etc/chrony/chrony.conf`;
  const { status, stderr } = run('sh', [
    '-c',
    'exec "$(command -v chronyd || echo /usr/sbin/chronyd)" -p -f "$1"',
    'sh',
    file,
  ]);
  expect([host, status, status === 0 ? '' : stderr]).toEqual([host, 0, '']);
});

const scripts = readdirSync(path.join(REPOSITORY, 'stacks/payload'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => path.join(parentPath, name))
  .filter((file) => readFileSync(file, 'utf8').startsWith('#!/bin/sh\n'));

test(has('shellcheck') ? 'shellcheck finds nothing in the scripts' : 'not run: shellcheck', () => {
  if (!has('shellcheck')) process.stdout.write('not run: shellcheck of the scripts (no shellcheck on this machine)\n');
  expect(scripts.length).toBeGreaterThan(15);
  if (!has('shellcheck')) return;
  // As they lie in the repository: what tells shellcheck about a line is a comment, and comments do not travel.
  const { status, stdout } = run('shellcheck', ['--shell=sh', '--exclude=SC1091,SC2154', ...scripts]);
  expect([status, stdout]).toEqual([0, '']);
});
