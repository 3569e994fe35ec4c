import fc from 'fast-check';
import { isAgeRecipient, isSshPublicKey } from '../../../packages/formats/src/public-key.ts';

const ssh = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW';
const age = 'age12hqhndad0qhrye8a29puspt773zljeas4rdc2ta6xjes2wrft3us598s8p';

describe('isSshPublicKey', () => {
  test.each([ssh, `${ssh} lukko example SSH user CA`])('takes %s', (line) => expect(isSshPublicKey(line)).toBe(true));

  test.each([
    ['another type outside than inside', ssh.replace('ssh-ed25519', 'ssh-rsa')],
    ['a key cut short', ssh.slice(0, -4)],
    ['bytes too many', `${ssh}AAAA`],
    ['two lines', `${ssh}\n${ssh}`],
    ['options before the type', `cert-authority ${ssh}`],
    ['a certificate', ssh.replace('ssh-ed25519', 'ssh-ed25519-cert-v01@openssh.com')],
    ['nothing', ''],
  ])('refuses %s', (_name, line) => expect(isSshPublicKey(line)).toBe(false));

  test('answers on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(typeof isSshPublicKey(`ssh-rsa ${Buffer.from(bytes).toString('base64')}`)).toBe('boolean');
      }),
    );
  });
});

describe('isAgeRecipient', () => {
  test.each([age, 'age1zutcplmm30qy5ksrqzx79ujgkqcw6fc75w6yjfeu6pphtl8zl4ssze5axg'])('takes %s', (text) =>
    expect(isAgeRecipient(text)).toBe(true),
  );

  test('refuses every recipient in which one letter is another', () => {
    const letters = [...'qpzry9x8gf2tvdw0s3jn54khce6mua7l'];
    const changed = letters.flatMap((letter) =>
      Array.from({ length: 58 }, (_, index) => `${age.slice(0, index + 4)}${letter}${age.slice(index + 5)}`),
    );
    expect(changed.filter((text) => text !== age).filter(isAgeRecipient)).toEqual([]);
  });

  test.each(['', 'age1', age.toUpperCase(), `${age}q`, age.replace('age1', 'agf1')])('refuses %s', (text) =>
    expect(isAgeRecipient(text)).toBe(false),
  );
});
