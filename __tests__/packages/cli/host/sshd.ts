import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reach } from '../../../../packages/cli/src/host/ssh.ts';
import { freePort } from '../../../ports.ts';

/*
 * A real sshd on loopback with an authority that signs operators' certificates, as a host has it. Whatever is asked of it is
 * answered by one script, which finds the command in SSH_ORIGINAL_COMMAND: the fixed commands of a host without the host.
 */

/** Where OpenSSH's server lies; undefined where it is not installed. */
export const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((file) => existsSync(file));

export interface SshHost {
  readonly folder: string;
  readonly port: number;
  /** How the verbs reach it: the operator's key and certificate, this port, a file of recorded keys. */
  readonly reach: Reach;
  /** Replaces the script that answers: the body of a shell script; `$command` is the last word of the path that was asked. */
  answers(script: string): void;
  /** Commands that were asked, in order. */
  asked(): readonly string[];
  /** Gives it another host key, as a rebuilt root disk has. */
  changeKey(): Promise<void>;
  stop(): Promise<void>;
}

const keygen = (...args: readonly string[]) => execFileSync('ssh-keygen', ['-q', ...args], { stdio: 'pipe' });

export async function startSshd(name: string): Promise<SshHost> {
  if (sshd === undefined) throw new Error('no sshd');
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-sshd-'));
  const at = (file: string) => path.join(folder, file);
  // Without this folder sshd does not start as root.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  for (const key of ['host', 'ca', 'operator']) keygen('-t', 'ed25519', '-N', '', '-C', key, '-f', at(key));
  const user = userInfo().username;
  keygen('-s', at('ca'), '-I', 'operator', '-n', user, '-V', '+1h', at('operator.pub'));
  const port = await freePort();
  writeFileSync(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host')}`,
      `PidFile ${at('pid')}`,
      `TrustedUserCAKeys ${at('ca.pub')}`,
      'AuthorizedKeysFile none',
      'AuthenticationMethods publickey',
      'PermitRootLogin prohibit-password',
      'UsePAM no',
      'StrictModes no',
      `ForceCommand ${at('answer')}`,
      '',
    ].join('\n'),
  );
  writeFileSync(at('asked'), '');
  const answers = (script: string) => {
    writeFileSync(
      at('answer'),
      `#!/bin/sh\ncommand=\${SSH_ORIGINAL_COMMAND##*/}\nprintf '%s\\n' "$SSH_ORIGINAL_COMMAND" >>${at('asked')}\ncd ${folder}\n${script}\n`,
    );
    chmodSync(at('answer'), 0o755);
  };
  answers('exit 0');
  let running = await begin(at('sshd_config'), port);
  return {
    folder,
    port,
    reach: {
      name,
      address: '127.0.0.1',
      port,
      user,
      knownHosts: at('state of 100%/known_hosts'),
      options: [
        '-F',
        'none',
        '-o',
        'IdentitiesOnly=yes',
        '-i',
        at('operator'),
        '-o',
        `CertificateFile=${at('operator-cert.pub')}`,
      ],
    },
    answers,
    asked: () => readFileSync(at('asked'), 'utf8').split('\n').slice(0, -1),
    changeKey: async () => {
      await running.stop();
      for (const file of ['host', 'host.pub']) rmSync(at(file));
      keygen('-t', 'ed25519', '-N', '', '-C', 'host', '-f', at('host'));
      running = await begin(at('sshd_config'), port);
    },
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function begin(config: string, port: number): Promise<{ stop(): Promise<void> }> {
  const child = spawn(sshd ?? '', ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let problems = '';
  child.stderr.on('data', (piece: Buffer) => {
    problems += piece.toString('utf8');
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${problems}`);
    await sleep(20);
  }
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
