import { fingerprints } from '../../../packages/policy-engine/src/fingerprint.ts';

const finding = (at: string | undefined, message: string) => ({
  rule: 'r',
  address: 'hcloud_server.host',
  ...(at === undefined ? {} : { at }),
  message,
});
const file = 'hcloud_server.host.user_data:/etc/caddy/Caddyfile';

test('a line that moves inside a payload, and a source read on another day, change nothing', () => {
  const before = fingerprints([finding(`${file}:4`, 'a.example reaches A (US) (source a.example, 2026-01-01)')]);
  const after = fingerprints([finding(`${file}:19`, 'a.example reaches A (US) (source a.example, 2026-09-09)')]);
  expect(after).toEqual(before);
});

test('another finding at the same place never takes over the name of one that was accepted', () => {
  const [alone] = fingerprints([finding(`${file}:4`, 'b.example reaches B')]);
  const [first, second] = fingerprints([
    finding(`${file}:3`, 'a.example reaches A'),
    finding(`${file}:4`, 'b.example reaches B'),
  ]);
  expect(second).toBe(alone);
  expect(first).not.toBe(alone);
  const [single] = fingerprints([finding(undefined, 'it is open')]);
  const both = fingerprints([finding(undefined, 'it is open'), finding(undefined, 'it is closed')]);
  expect(both).not.toContain(single);
});

test('the same twice gets names of its own', () => {
  const same = [finding(`${file}:4`, 'm'), finding(`${file}:9`, 'm'), finding(`${file}:12`, 'm')];
  expect(new Set(fingerprints(same)).size).toBe(3);
  expect(fingerprints(same.slice(0, 2))).toEqual(fingerprints(same).slice(0, 2));
});
