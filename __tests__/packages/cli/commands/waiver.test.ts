import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryWith, lukko } from '../fake-ports.ts';

const waiver = `  - id: ash-2026
    rule: locations-in-eu
    address: edge/hcloud_primary_ip.ip
    reason: 'Moves at the end of the year: ä "quoted"'
    owner: edge
    approver: board
    expires: 2026-12-31
`;
const stack = JSON.stringify({
  '//': { metadata: { stackName: 'edge' } },
  resource: { hcloud_primary_ip: { ip: { name: 'ip', type: 'ipv4', location: 'ash' } } },
});

function repository(): string {
  return directoryWith({
    '.git/HEAD': '',
    'lukko.yaml': 'schemaVersion: 1\nposture: eu-sovereign\nwaivers: waivers.yaml\napprovers: approvers\n',
    'waivers.yaml': `schemaVersion: 1\nwaivers:\n${waiver}`,
    approvers: '# nobody yet\n',
    'main.tf.json': stack,
  });
}

const openssh = spawnSync('ssh-keygen', ['-?']).error === undefined;
if (!openssh) console.warn('NOT RUN: ssh-keygen is not on PATH: the command line CONTRIBUTING.md shows was not tried');

(openssh ? test : () => {})('the command line CONTRIBUTING.md shows makes a signature that approves', async () => {
  const directory = repository();
  const key = join(directory, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'board', '-f', key]);
  writeFileSync(join(directory, 'approvers'), `board namespaces="lukko-waiver" ${readFileSync(`${key}.pub`, 'utf8')}`);
  const guide = readFileSync(join(__dirname, '../../../../CONTRIBUTING.md'), 'utf8');
  const [, options = ''] = /lukko waiver ash-2026 \| ssh-keygen (.*) -f ~\/\.ssh\/id_ed25519$/m.exec(guide) ?? [];
  const { out } = await lukko(directory, ['waiver', 'ash-2026']);
  const signature = execFileSync('ssh-keygen', [...options.split(' '), '-f', key], {
    input: out,
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const before = await lukko(directory, ['check', '.']);
  expect(before.out).toContain('waiver ash-2026 is not approved: it carries no signature of board');
  const block = signature
    .trim()
    .split('\n')
    .map((line) => `      ${line}\n`)
    .join('');
  writeFileSync(join(directory, 'waivers.yaml'), `schemaVersion: 1\nwaivers:\n${waiver}    signature: |\n${block}`);
  const after = await lukko(directory, ['check', '.']);
  expect(after.out).toContain('waived[locations-in-eu]');
  expect(after.out).not.toContain('not approved');
});

test('an id that is no waiver is an error with the nearest one', async () => {
  const ran = await lukko(repository(), ['waiver', 'ash-2025']);
  expect(ran).toEqual({
    code: 2,
    out: '',
    err: 'error: ash-2025: no such waiver in waivers.yaml; did you mean ash-2026?\n',
  });
});
