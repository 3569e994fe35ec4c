import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attestation, attestation, parseFile } from '@lukko/formats';
import type { AllowedSigner } from '@lukko/policy-engine';
import { problemsOfAttestation } from '../../../../packages/evidence/src/claims/attestation.ts';
import { attestationText } from '../../../../packages/evidence/src/index.ts';
import { directoryWith } from '../../cli/fake-ports.ts';

const directory = directoryWith({});
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', join(directory, 'key')]);
const key = Buffer.from(readFileSync(join(directory, 'key.pub'), 'utf8').split(' ')[1] ?? '', 'base64');

const shipped = join(__dirname, '../../../../attestations/confidentiality.yaml');
const { signature: _, ...statement } = parseFile(attestation, readFileSync(shipped, 'utf8'), 'x').value;

function signed(changes: Partial<Attestation> = {}, namespace = 'lukko-attestation'): Attestation {
  const unsigned = { ...statement, ...changes };
  const input = attestationText(unsigned);
  const args = ['-Y', 'sign', '-n', namespace, '-f', join(directory, 'key')];
  const signature = execFileSync('ssh-keygen', args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  return { ...unsigned, signature };
}

const signer = (changes: Partial<AllowedSigner> = {}): AllowedSigner => ({
  principals: ['head-of-people'],
  key,
  namespaces: ['lukko-attestation'],
  validAfter: undefined,
  validBefore: undefined,
  ...changes,
});

const problems = (one: Attestation, signers: readonly AllowedSigner[] = [signer()], control = 'A.6.6') =>
  problemsOfAttestation(one, { control }, '2026-11-21', signers);

test('a statement signed by its owner carries the control it names', () => {
  expect(problems(signed())).toEqual([]);
});

test.each<readonly [string, Attestation, readonly AllowedSigner[], string, string]>([
  ['no signature', statement, [signer()], 'A.6.6', 'it carries no signature of head-of-people'],
  ['another control', signed(), [signer()], 'A.6.7', 'the statement does not name this control'],
  [
    'a date to come',
    signed({ made: '2027-01-01' }),
    [signer()],
    'A.6.6',
    'it is dated 2027-01-01, which is still to come',
  ],
  ['past its end', signed({ expires: '2026-11-20' }), [signer()], 'A.6.6', 'it expired on 2026-11-20; sign a new one'],
  [
    'words changed afterwards',
    { ...signed(), statement: 'Nobody ever had to promise anything.' },
    [signer()],
    'A.6.6',
    'its signature is not one of what it says: it is not a signature of these bytes',
  ],
  [
    'signed for something else',
    signed({}, 'file'),
    [signer()],
    'A.6.6',
    'it is signed for "file", expected lukko-attestation',
  ],
  ['nobody may', signed(), [], 'A.6.6', 'head-of-people is not among those who may attest on 2026-11-21'],
  [
    'a key whose time is over',
    signed(),
    [signer({ validBefore: '20261121' })],
    'A.6.6',
    'head-of-people is not among those who may attest on 2026-11-21',
  ],
  [
    "somebody else's key",
    signed(),
    [signer({ key: Buffer.concat([key.subarray(0, -1), Buffer.from([0])]) })],
    'A.6.6',
    "it is signed by a key that is not head-of-people's",
  ],
])('%s', (_name, one, signers, control, expected) => {
  expect(problems(one, signers, control)).toEqual([expected]);
});
