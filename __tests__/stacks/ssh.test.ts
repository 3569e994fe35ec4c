import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { has, must, run, sleep } from '../boot/run.ts';
import { sshd } from '../packages/cli/host/sshd.ts';
import { freePort } from '../ports.ts';
import { built, documentOf, REPOSITORY, serversOf, shipped } from './built.ts';
import { ended } from './front.ts';
import { onHost } from './on-host.ts';

/*
 * Who may sign in to a host: the shipped configuration and list in the real sshd on loopback, and an operator whose certificate is made by
 * the command of docs/runbooks/joiner-and-leaver.md. Changed are folders, port and the user this test runs as.
 */

const missing = [...(sshd === undefined ? ['sshd'] : []), ...['ssh', 'ssh-keygen'].filter((program) => !has(program))];
const [[, server]] = serversOf(documentOf(built(shipped('example.yaml')), 'edge')) as [
  [string, Record<string, unknown>],
];
const contentOf = (file: string) => onHost(server.user_data).files.find((each) => each.path === file)?.content ?? '';
const page = readFileSync(path.join(REPOSITORY, 'docs/runbooks/joiner-and-leaver.md'), 'utf8');

if (missing.length > 0) {
  test(`not run: who may sign in (no ${missing.join(', ')})`, () => {
    process.stdout.write(`not run: who may sign in to a host (no ${missing.join(', ')} on this machine)\n`);
    expect(contentOf('/etc/ssh/sshd_config.d/10-lukko.conf')).toContain('RevokedKeys ');
  });
} else {
  jest.setTimeout(60_000);
  const root = mkdtempSync(path.join(tmpdir(), 'lukko-ssh-'));
  const at = (name: string) => path.join(root, name);
  const user = userInfo().username;
  let running: ChildProcess | undefined;
  let port = 0;

  const makeKey = (name: string) => must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', at(name)]);
  /** Signs a key as the page says. */
  const sign = (name: string, authority = 'ca') => {
    const [, command = ''] = /`(ssh-keygen -s ca [^`]*)`/.exec(page) ?? [];
    expect(command).not.toBe('');
    const text = command
      .replace('-s ca', `-s ${authority}`)
      .replace('<person>', name)
      .replace('-n root', `-n ${user}`)
      .replace('id_ed25519.pub', `${name}.pub`);
    const { status, stderr } = run('sh', ['-euc', `${text} 2>&1`], { cwd: root });
    expect([text, status, stderr]).toEqual([text, 0, '']);
  };
  const wordsOf = (name: string, certificate = true): readonly string[] => {
    const options = ['-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no', '-o', 'IdentitiesOnly=yes'];
    const mine = ['-o', `UserKnownHostsFile=${at('known')}`, '-i', at(name), '-p', String(port)];
    const by = certificate ? ['-o', `CertificateFile=${at(`${name}-cert.pub`)}`] : [];
    return [...options, ...mine, ...by];
  };
  const signsIn = (name: string, certificate = true): boolean =>
    run('ssh', [...wordsOf(name, certificate), `${user}@127.0.0.1`, 'true']).status === 0;

  beforeAll(async () => {
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
    for (const name of ['ca', 'other-ca', 'host', 'joiner', 'leaver', 'stranger', 'bare']) makeKey(name);
    port = await freePort();
    writeFileSync(at('revoked'), contentOf('/etc/ssh/lukko_revoked_keys'));
    // A key in a home folder counts for nothing.
    mkdirSync(at('.ssh'));
    writeFileSync(at('.ssh/authorized_keys'), readFileSync(at('bare.pub')));
    const config = contentOf('/etc/ssh/sshd_config.d/10-lukko.conf')
      .replace('/etc/ssh/lukko_user_ca.pub', at('ca.pub'))
      .replace('/etc/ssh/lukko_revoked_keys', at('revoked'))
      .replaceAll(/^HostKey .*\n/gm, '');
    const here = `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${at('host')}\nPidFile none\nUsePAM no\nStrictModes no\n`;
    writeFileSync(at('config'), `${config}${here}`);
    running = spawn(sshd as string, ['-D', '-e', '-f', at('config')], { stdio: 'ignore' });
    sign('joiner');
    sign('leaver');
    sign('stranger', 'other-ca');
    for (let tries = 0; tries < 200 && !signsIn('joiner'); tries += 1) await sleep(50);
  });
  afterAll(async () => {
    await ended(running);
    rmSync(root, { recursive: true, force: true });
  });

  test('who has a certificate of the user CA signs in; without one, and with one of another CA, nobody does', () => {
    expect(signsIn('joiner')).toBe(true);
    expect(signsIn('leaver')).toBe(true);
    expect(signsIn('bare', false)).toBe(false);
    expect(signsIn('stranger')).toBe(false);
  });

  test('who leaves is refused at once, with a certificate that holds for days; without the list nobody gets in', () => {
    expect(page).toContain("`ssh root@<host> 'cat >>/etc/ssh/lukko_revoked_keys' <key.pub`");
    const list = readFileSync(at('revoked'), 'utf8');
    appendFileSync(at('revoked'), readFileSync(at('leaver.pub')));
    expect([signsIn('leaver'), signsIn('joiner')]).toEqual([false, true]);
    rmSync(at('revoked'));
    expect(signsIn('joiner')).toBe(false);
    writeFileSync(at('revoked'), list);
    expect([signsIn('leaver'), signsIn('joiner')]).toEqual([true, true]);
  });

  test('an operator reaches what listens on loopback alone, as a restore needs it', async () => {
    const page = readFileSync(path.join(REPOSITORY, 'docs/runbooks/restore.md'), 'utf8');
    expect(page).toContain('`ssh -N -L 8081:127.0.0.1:8081 root@<backups>`');
    const behind = createServer((_, answer) => answer.end('behind')).listen(0, '127.0.0.1');
    await new Promise((resolve) => behind.once('listening', resolve));
    const here = await freePort();
    const { port: there } = behind.address() as AddressInfo;
    const tunnel = spawn('ssh', ['-N', '-L', `${here}:127.0.0.1:${there}`, ...wordsOf('joiner'), `${user}@127.0.0.1`], {
      stdio: 'ignore',
    });
    try {
      let said = '';
      for (let tries = 0; tries < 200 && said === ''; tries += 1) {
        await sleep(50);
        said = await fetch(`http://127.0.0.1:${here}/`).then(
          (answer) => answer.text(),
          () => '',
        );
      }
      expect(said).toBe('behind');
    } finally {
      await ended(tunnel);
      behind.closeAllConnections();
      behind.close();
    }
  });
}
