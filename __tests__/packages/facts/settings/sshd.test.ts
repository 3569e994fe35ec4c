import { otherIncludes } from '@lukko/facts';
import { cloudConfig, factsOf } from '../sample.ts';

const MAIN = '/etc/ssh/sshd_config';
const dropIn = (name: string) => `/etc/ssh/sshd_config.d/${name}`;

function settingsOf(files: Readonly<Record<string, string>>, more = '') {
  const facts = factsOf({ resource: { hcloud_server: { a: { user_data: `${cloudConfig(files)}${more}` } } } });
  const [server] = facts.graph.ofType('hcloud_server');
  if (server === undefined) throw new Error('no server');
  return facts.hostSettings(server);
}
const passwords = (files: Readonly<Record<string, string>>, more = '') =>
  settingsOf(files, more).sshd.get('passwordauthentication')?.value;

it('the first value wins, drop-ins come first, Match blocks stand apart', () => {
  const { sshd } = settingsOf({
    [dropIn('10.conf')]: 'PasswordAuthentication no\nMatch User x\nPermitRootLogin yes\n',
    [dropIn('05.conf')]: 'MaxAuthTries 3\nMaxAuthTries 6\n',
  });
  expect([...sshd].map(([name, { value, line }]) => `${name} ${value} ${line}`)).toEqual([
    'maxauthtries 3 1',
    'passwordauthentication no 1',
  ]);
});

it.each([
  [
    'its own sshd_config includes drop-ins first',
    'Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\n',
    'no',
  ],
  [
    'its own sshd_config includes drop-ins last',
    'PasswordAuthentication yes\nInclude /etc/ssh/sshd_config.d/*.conf\n',
    'yes',
  ],
  ['its own sshd_config includes nothing', 'PasswordAuthentication yes\n', 'yes'],
  ['a value in quotes', 'PasswordAuthentication "yes"\n', 'yes'],
  ['a sign between them', 'PasswordAuthentication=yes\n', 'yes'],
])('%s', (_, text, expected) => {
  expect(passwords({ [MAIN]: text, [dropIn('10.conf')]: 'PasswordAuthentication no\n' })).toBe(expected);
});

it.each([
  [
    'turns them on, before a drop-in that comes later',
    { [dropIn('60.conf')]: 'PasswordAuthentication no\n' },
    'true',
    'yes',
  ],
  [
    'turns them on, after a drop-in that comes first',
    { [dropIn('10.conf')]: 'PasswordAuthentication no\n' },
    'true',
    'no',
  ],
  ['turns them on in a file that includes nothing', { [MAIN]: 'PasswordAuthentication no\n' }, 'yes', 'yes'],
  ['writes over its own file', { [dropIn('50-cloud-init.conf')]: 'PasswordAuthentication no\n' }, 'true', 'yes'],
  ['turns them off', {}, 'false', 'no'],
  ['leaves them', {}, 'unchanged', undefined],
])('cloud-init %s', (_, files, value, expected) => {
  expect(passwords(files, `ssh_pwauth: ${value}\n`)).toBe(expected);
});

it('an older name counts as the one it stands for', () => {
  const { sshd } = settingsOf({ [dropIn('10.conf')]: 'ChallengeResponseAuthentication no\n' });
  expect(sshd.get('kbdinteractiveauthentication')?.value).toBe('no');
});

it('files beside the usual ones are not followed', () => {
  const { payload } = settingsOf({
    [MAIN]: 'Include /etc/ssh/sshd_config.d/*.conf\nInclude /root/more.conf\n',
  });
  expect(otherIncludes(payload).map(({ value, line }) => `${value} ${line}`)).toEqual(['/root/more.conf 2']);
});
