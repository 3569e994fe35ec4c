import { existsSync, readFileSync } from 'node:fs';
import { contactOver } from '../../../../packages/cli/src/host/contact.ts';
import { sshOptions } from '../../../../packages/cli/src/host/ssh.ts';
import { type SshHost, sshd, startSshd } from './sshd.ts';

/* Hosts are spoken to with the real ssh, here to a real sshd on loopback. Without one these tests are not run, and say so. */

jest.setTimeout(60_000);

const declared: string[] = [];
const withSshd = (name: string, body: (host: SshHost) => Promise<void>): void => {
  declared.push(name);
  if (sshd === undefined) return;
  test(name, async () => {
    const host = await startSshd('lukko-example-logs');
    try {
      await body(host);
    } finally {
      await host.stop();
    }
  });
};

const keyOf = (host: SshHost) => readFileSync(`${host.folder}/host.pub`, 'utf8').split(' ').slice(0, 2).join(' ');

describe('a host over SSH', () => {
  withSshd('is asked its fixed commands, as the holder of a certificate', async (host) => {
    host.answers('case $command in serving) echo "waits for the volume"; exit 3;; *) exit 0;; esac');
    const contact = contactOver(host.reach, process.env);
    expect(await contact.run('serving')).toEqual({ code: 3, out: 'waits for the volume\n', err: '' });
    expect(host.asked()).toEqual(['/usr/local/lib/lukko/serving']);
    contact.close();
  });

  withSshd('is trusted on first use only when told to record, and strictly from then on', async (host) => {
    const contact = contactOver(host.reach, process.env);
    await contact.run('serving');
    expect(existsSync(host.reach.knownHosts)).toBe(false);
    // The key of a root disk may change until the volume is open.
    await host.changeKey();
    expect((await contact.run('serving')).code).toBe(0);
    expect(contact.record()).toMatch(
      /^trusted on first use: lukko-example-logs answers with SHA256:\S{43} \(ED25519\); from now on only this key is accepted$/,
    );
    expect(readFileSync(host.reach.knownHosts, 'utf8')).toBe(`lukko-example-logs ${keyOf(host)}\n`);
    expect(contact.record()).toBeUndefined();
    expect((await contact.run('serving')).code).toBe(0);
    await host.changeKey();
    const changed = await contact.run('quiesce');
    expect(changed.trouble).toBe('host-key');
    expect(host.asked()).not.toContain('/usr/local/lib/lukko/quiesce');
    contact.close();
  });

  withSshd('refuses whoever has no certificate', async (host) => {
    const options = ['-F', 'none', '-o', 'IdentitiesOnly=yes', '-i', `${host.folder}/host`, '-o', 'IdentityAgent=none'];
    const contact = contactOver({ ...host.reach, options }, process.env);
    expect((await contact.run('serving')).trouble).toBe('refused');
    expect(host.asked()).toEqual([]);
    contact.close();
  });

  withSshd('that does not answer is told apart', async (host) => {
    const reach = host.reach;
    await host.stop();
    const contact = contactOver(reach, process.env);
    expect((await contact.run('serving')).trouble).toBe('unreachable');
    contact.close();
  });
});

test('a program ssh that is missing is said to be', async () => {
  const contact = contactOver(
    { name: 'logs', address: '127.0.0.1', knownHosts: '/nonexistent-lukko/known_hosts' },
    { PATH: '/nonexistent-lukko' },
  );
  expect((await contact.run('serving')).trouble).toBe('no-ssh');
  contact.close();
});

test('nothing of the operator’s own configuration weakens a contact', () => {
  const options = sshOptions({ name: 'logs', address: '192.0.2.1', knownHosts: '/a b/100%/known_hosts' }, 'recorded');
  expect(options.filter((option) => option !== '-o')).toMatchSnapshot();
});

test('what needs sshd is run, or named', () => {
  if (sshd === undefined)
    console.warn(
      `not run, since OpenSSH's server is not installed:\n${declared.map((name) => `  - ${name}`).join('\n')}`,
    );
  expect(declared).toHaveLength(4);
});
