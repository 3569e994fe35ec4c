import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { report as reportFormat } from '@lukko/formats';
import { lukko } from '../packages/cli/fake-ports.ts';
import { judgedBy, type Peer, type PeerRecord, seenByPeers, versionOf } from './peers.ts';

/*
 * The same Terraform before other tools and before lukko. They pass it by what it is made of: every region is in the EU. Lukko
 * refuses it for what it does. Tools that are not installed are represented by what was recorded of them, and that is said.
 */
const examples = join(__dirname, '../../examples');

async function judged(example: string, posture: string) {
  const ran = await lukko(join(examples, example), ['check', '.', '--posture', posture, '-f', 'json']);
  expect(ran.err).toBe('');
  return { code: ran.code, findings: reportFormat.parse(JSON.parse(ran.out)).findings };
}

describe('lukko', () => {
  test.each([
    [
      'refused/aws-frankfurt',
      'recommended',
      'fail',
      'providers-reach-allowed-jurisdictions',
      /Amazon Web Services, Inc\. \(US\)/,
    ],
    [
      'refused/aws-frankfurt',
      'recommended',
      'fail',
      'state-backend-in-allowed-jurisdiction',
      /backend s3 reaches Amazon/,
    ],
    [
      'refused/eu-looking-host',
      'recommended',
      'fail',
      'hosts-in-allowed-jurisdictions',
      /o1\.ingest\.de\.sentry\.io reaches Functional Software, Inc\. \(US\)/,
    ],
    [
      'refused/another-volume',
      'recommended',
      'fail',
      'volume-encrypted-at-rest',
      /^hcloud_volume\.data is not encrypted/,
    ],
    ['unproven/plain-or-encrypted', 'eu-sovereign', 'unknown', 'volume-encrypted-at-rest', /^hcloud_volume\.data/],
  ] as const)('%s is refused under %s: %s of %s', async (example, posture, verdict, rule, message) => {
    const { code, findings } = await judged(example, posture);
    expect(code).toBe(1);
    const found = findings.filter((finding) => finding.rule === rule && finding.verdict === verdict);
    expect(found.map((finding) => finding.message).join('\n')).toMatch(message);
    for (const { file, line } of found) expect([file, typeof line]).toEqual(['main.tf', 'number']);
  });

  test('LUKS on the spare volume is seen as what it is', async () => {
    const { findings } = await judged('refused/another-volume', 'recommended');
    const volumes = findings.filter(({ rule }) => rule === 'volume-encrypted-at-rest').map(({ address }) => address);
    expect(volumes).toEqual(['hcloud_volume.data']);
  });

  test('a server that only hcloud_firewall_attachment guards is guarded', async () => {
    const { code, findings } = await judged('passes/firewall-attachment', 'eu-sovereign');
    expect(findings.filter(({ rule }) => rule === 'servers-behind-firewall')).toEqual([]);
    expect(code).toBe(1);
    expect((await judged('passes/firewall-attachment', 'recommended')).code).toBe(0);
  });

  test('what a conditional may attach is never a pass', async () => {
    const { code, findings } = await judged('unproven/plain-or-encrypted', 'recommended');
    expect(code).toBe(0);
    expect(findings.filter(({ rule }) => rule === 'volume-encrypted-at-rest')).toMatchObject([{ verdict: 'unknown' }]);
  });
});

describe.each<Peer>(['conftest', 'checkov'])('%s', (peer) => {
  const file = join(__dirname, '../fixtures/peers', `${peer}.json`);
  const recorded = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PeerRecord) : undefined;
  const version = versionOf(peer);
  if (version === undefined) {
    const instead = recorded === undefined ? 'not run' : `judged by what was recorded of ${recorded.version}`;
    process.stderr.write(`${peer} is not installed: ${instead} (__tests__/examples/peers.test.ts)
`);
  }

  test('passes what lukko refuses', () => {
    // Said above by name: there is nothing to compare with.
    if (version === undefined && recorded === undefined) return;
    for (const example of seenByPeers) {
      const run = version === undefined ? recorded?.runs[example] : judgedBy(peer, example);
      expect([example, run]).toEqual([example, { exit: 0, failed: 0 }]);
    }
  }, 300_000);
});
