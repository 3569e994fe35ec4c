import type { Waiver } from '@lukko/formats';
import { waiverText } from '@lukko/policy-engine';
import { notApproved } from '../../../../packages/policy-engine/src/approval/approval.ts';
import { approver } from './approve.ts';

const waiver: Waiver = {
  id: 'apple-2026',
  rule: 'grown-in-finland',
  address: 'orchard/hcloud_volume.apple',
  reason: 'Moves with the next harvest; ä "quoted"',
  owner: 'orchard',
  approver: 'board',
  expires: '2026-12-31',
};
const asOf = '2026-06-01';
const board = approver();
const approved = board.sign(waiver);

test('what is signed is canonical JSON without the signature', () => {
  expect(waiverText(approved)).toBe(
    '{"address":"orchard/hcloud_volume.apple","approver":"board","expires":"2026-12-31","id":"apple-2026","owner":"orchard","reason":"Moves with the next harvest; ä \\"quoted\\"","rule":"grown-in-finland"}',
  );
});

test.each<[string, Waiver, ReturnType<typeof board.signers>, string]>([
  ['no signature', waiver, board.signers('board'), 'it carries no signature of board'],
  [
    'every changed field',
    { ...approved, address: 'orchard/hcloud_volume.pear' },
    board.signers('board'),
    'its signature is not one of what it says now',
  ],
  ['a key that is not listed', approved, approver().signers('board'), "it is signed by a key that is not board's"],
  ['a listed key of somebody else', approved, board.signers('gardener'), 'board is not among the approvers'],
  [
    'another namespace',
    board.sign(waiver, 'file'),
    board.signers('board'),
    'its signature is not one of what it says now',
  ],
  [
    'a key for another namespace',
    approved,
    board.signers('board', 'namespaces="git"'),
    'the key of board may not approve waivers on 2026-06-01',
  ],
  [
    'a key not valid yet',
    approved,
    board.signers('board', 'valid-after="20260602"'),
    'the key of board may not approve waivers on 2026-06-01',
  ],
  [
    'a key no longer valid',
    approved,
    board.signers('board', 'valid-before="20260601"'),
    'the key of board may not approve waivers on 2026-06-01',
  ],
  [
    'its own owner',
    board.sign({ ...waiver, owner: 'board' }),
    board.signers('board'),
    'board owns it and approves it; the approver is somebody else',
  ],
  [
    'text that is no signature',
    { ...waiver, signature: 'yes' },
    board.signers('board'),
    'its signature cannot be read: it is not an SSH signature (-----BEGIN SSH SIGNATURE-----)',
  ],
])('%s is no approval', (_, one, signers, why) => {
  expect(notApproved(one, signers, asOf)).toBe(why);
});

test('a namespace and a period that fit are accepted', () => {
  const signers = board.signers(
    'board,deputy',
    'namespaces="git,lukko-waiver",valid-after="20260101",valid-before="20270101"',
  );
  expect(notApproved(approved, signers, asOf)).toBeUndefined();
});

test('a signature cut or changed at any place approves nothing and never throws', () => {
  const [begin = '', ...rest] = (approved.signature ?? '').trim().split('\n');
  const bytes = Buffer.from(rest.slice(0, -1).join(''), 'base64');
  const armoured = (changed: Buffer) => `${begin}\n${changed.toString('base64')}\n${rest.at(-1)}`;
  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    for (const changed of [flipped, bytes.subarray(0, at)]) {
      expect(notApproved({ ...waiver, signature: armoured(changed) }, board.signers('board'), asOf)).toEqual(
        expect.any(String),
      );
    }
  }
});
