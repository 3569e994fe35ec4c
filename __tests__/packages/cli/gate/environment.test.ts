import { readFileSync } from 'node:fs';
import path from 'node:path';
import { endpoints, isLoopback } from '../../../../packages/cli/src/gate/endpoints.ts';
import { ALLOWED, childEnvironment, leftOut } from '../../../../packages/cli/src/gate/environment.ts';
import { tokenFor } from '../../../../packages/cli/src/gate/tokens.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

describe('the environment of the real terraform', () => {
  test('holds the written list, and nothing else', () => {
    const child = childEnvironment(
      {
        PATH: '/bin',
        HOME: '/home/x',
        TF_LOG: 'TRACE',
        TF_VAR_x: '1',
        AWS_ENDPOINT_URL_S3: 'https://elsewhere.example',
        NODE_OPTIONS: '--require x',
        SECRET: 's',
        HCLOUD_TOKEN: A,
        HCLOUD_TOKEN_KEYS: B,
      },
      A,
      '/repo/bin',
    );
    expect(child).toEqual({
      PATH: '/repo/bin:/bin',
      HOME: '/home/x',
      CHECKPOINT_DISABLE: '1',
      LUKKO_GATE: '1',
      HCLOUD_TOKEN: A,
    });
  });

  test.each(['TF_CLI_ARGS', 'TF_CLI_ARGS_apply'])('%s is refused by name, its value is not printed', (name) => {
    expect(() => childEnvironment({ [name]: '-target=hidden' }, undefined, undefined)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(name) }),
    );
    expect(() => childEnvironment({ [name]: '-target=hidden' }, undefined, undefined)).not.toThrow(/hidden/);
  });

  test('what terraform would have read is named, what is passed on is not', () => {
    expect(
      leftOut({ TF_LOG: '1', AWS_PROFILE: 'x', AWS_ACCESS_KEY_ID: 'x', TF_CLI_CONFIG_FILE: 'x', OTHER: '1' }),
    ).toEqual(['TF_LOG']);
  });

  test('each entry has a reason and stands once', () => {
    expect(new Set(ALLOWED.map((entry) => entry.name)).size).toBe(ALLOWED.length);
    for (const { why } of ALLOWED) expect(why).not.toBe('');
  });
});

describe('the token of a stack', () => {
  test('comes from the project of the stack', () => {
    const environment = { HCLOUD_TOKEN_MAIN: A, HCLOUD_TOKEN_KEYS: B };
    expect(tokenFor('keys', environment, true)).toBe(B);
    for (const stack of ['network', 'logs', 'backups']) expect(tokenFor(stack, environment, true)).toBe(A);
  });

  test('HCLOUD_TOKEN alone stands for the project main, never for the keys', () => {
    expect(tokenFor('network', { HCLOUD_TOKEN: A }, true)).toBe(A);
    expect(() => tokenFor('keys', { HCLOUD_TOKEN: A }, true)).toThrow('HCLOUD_TOKEN_KEYS is not set');
    expect(tokenFor('keys', { HCLOUD_TOKEN: A }, false)).toBeUndefined();
  });

  test('one token for two projects is refused for every stack, and is not printed', () => {
    for (const environment of [
      { HCLOUD_TOKEN_MAIN: A, HCLOUD_TOKEN_KEYS: A },
      { HCLOUD_TOKEN: A, HCLOUD_TOKEN_KEYS: A },
    ]) {
      expect(() => tokenFor('network', environment, false)).toThrow(
        'the projects keys and main are given the same token',
      );
      expect(() => tokenFor('network', environment, false)).not.toThrow(new RegExp(A));
    }
  });
});

describe('endpoints', () => {
  const official = ['https://api.hetzner.cloud/v1', 'https://api.hetzner.com/v1'];

  test('without anything said they are those of Hetzner', () => {
    expect(endpoints({}, []).map((each) => each.url)).toEqual(official);
    expect(endpoints({}, [{}]).every((each) => !each.loopback)).toBe(true);
  });

  test('one that is left at Hetzner keeps a run from being on loopback', () => {
    expect(endpoints({ HCLOUD_ENDPOINT: 'http://127.0.0.1:8080/v1' }, [])).toEqual([
      { url: 'http://127.0.0.1:8080/v1', loopback: true },
      { url: 'https://api.hetzner.com/v1', loopback: false },
    ]);
  });

  test('a provider block wins over the variable, as in the provider', () => {
    const found = endpoints({ HCLOUD_ENDPOINT: 'http://127.0.0.1:1/v1', HETZNER_ENDPOINT: 'http://127.0.0.1:1/v1' }, [
      { endpoint: official[0] },
    ]);
    expect(found.map((each) => each.loopback)).toEqual([true, false]);
  });

  test('a foreign host and plain HTTP would be given the token', () => {
    expect(() => endpoints({ HCLOUD_ENDPOINT: 'https://api.hetzner.cloud.example/v1' }, [])).toThrow('neither');
    expect(() => endpoints({ HCLOUD_ENDPOINT: 'http://api.hetzner.cloud/v1' }, [])).toThrow('plain text');
    expect(() => endpoints({ HCLOUD_ENDPOINT: 'nonsense' }, [])).toThrow('no URL');
    expect(() => endpoints({ HCLOUD_ENDPOINT: 'https://user:secret@elsewhere.example/v1' }, [])).not.toThrow(/secret/);
  });

  test('loopback is literal: a name that a resolver decides is not', () => {
    for (const host of ['127.0.0.1', '127.8.9.1', '::1', '[::1]', 'localhost']) expect(isLoopback(host)).toBe(true);
    for (const host of ['127.0.0.1.example', 'localhost.example', '0.0.0.0', '10.0.0.1', '::', 'fixtures.local'])
      expect(isLoopback(host)).toBe(false);
  });
});

test('docs/threat-model.md shows exactly the variables that are passed on', () => {
  const page = readFileSync(path.join(__dirname, '../../../../docs/threat-model.md'), 'utf8');
  const table = page.split('<!-- environment')[1]?.split('\n\n')[0] ?? '';
  const rows = [...table.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name, why]) => ({ name, why }));
  expect(rows).toEqual(ALLOWED);
});
