import { readAllowedSigners } from '../../../../packages/policy-engine/src/approval/allowed-signers.ts';

test.each([
  ['anna', 'approvers:2: expected: name [options] key-type key, as in "anna@lukko.example ssh-ed25519 AAAA…"'],
  [
    'anna cert-authority ssh-ed25519 AAAA',
    'approvers:2: expected namespaces, valid-after or valid-before, found cert-authority',
  ],
  [
    '*@lukko.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW',
    'approvers:2: expected names, found the pattern *@lukko.example',
  ],
  ['anna ssh-ed25519', 'approvers:2: expected a public key after its type'],
  [
    'anna valid-before="soon" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW',
    'approvers:2: expected a date such as 20271231, found soon',
  ],
])('a line that cannot be read is an error, not one approver less: %s', (line, message) => {
  expect(() => readAllowedSigners(`# approvers\n${line}\n`, 'approvers')).toThrow(new Error(message));
});
