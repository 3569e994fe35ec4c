import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprintOf, readHostReport } from '@lukko/evidence';
import type { Collector, Seen } from '../task.ts';

/**
 * The report of each host, over SSH. The key that is offered runs one forced command there, so nothing else can be asked. The
 * host's key must be the recorded one before anything is sent, and the report must be signed by that very key.
 */
export const hostReport: Collector = ({ targets, now, path }) =>
  (targets.hosts ?? []).map((host) => {
    const { name, address, port = 22, user, identity, hostKey } = host;
    const endpoint = `ssh://${address.includes(':') ? `[${address}]` : address}:${port}`;
    const subject = { kind: 'server', id: `host:${name}`, name };
    const look = async ({ signal }: { signal: AbortSignal }): Promise<readonly Seen[]> => {
      const offered = await scan(address, port, signal);
      const known = offered.find(({ fingerprint }) => fingerprint === hostKey);
      if (known === undefined)
        throw new Error(
          offered.length === 0
            ? 'no SSH server answers there'
            : `its host key is not the recorded one: found ${offered.map(({ fingerprint }) => fingerprint).join(', ')}`,
        );
      const directory = mkdtempSync(join(tmpdir(), 'lukko-ssh-'));
      try {
        const list = join(directory, 'known_hosts');
        writeFileSync(list, `lukko-host ${known.line}\n`, { mode: 0o600 });
        const options = {
          BatchMode: 'yes',
          StrictHostKeyChecking: 'yes',
          UserKnownHostsFile: list,
          GlobalKnownHostsFile: '/dev/null',
          HostKeyAlias: 'lukko-host',
          ClearAllForwardings: 'yes',
          ConnectTimeout: '10',
          ...(identity === undefined ? {} : { IdentitiesOnly: 'yes', IdentityFile: path(identity) }),
        };
        const args = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
        const text = await run('ssh', [...args, '-T', '-p', String(port), '-l', user, address, 'report'], signal);
        return [
          {
            subject,
            endpoint,
            address,
            hostKey: { fingerprint: hostKey, recorded: true },
            ...readHostReport(text, { hostKey, now: now().toISOString() }),
            answer: text,
          },
        ];
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    };
    return { collector: 'host-report', subject, endpoint, limit: 60_000, attempts: 2, look };
  });

/** Keys a server offers: `ssh-keyscan` asks for them without trusting any. */
function scan(address: string, port: number, signal: AbortSignal) {
  return new Promise<readonly { readonly line: string; readonly fingerprint: string }[]>((resolve, reject) => {
    const args = ['-T', '10', '-p', String(port), address];
    execFile('ssh-keyscan', args, { signal, encoding: 'utf8' }, (error, stdout) => {
      if (error !== null && stdout === '') {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT')
          reject(new Error('needs ssh-keyscan of OpenSSH, found none'));
        else if (error.name === 'AbortError') reject(error);
        else resolve([]);
        return;
      }
      const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      resolve(
        lines.map((line) => {
          const [, type = '', key = ''] = line.split(' ');
          return { line: `${type} ${key}`, fingerprint: fingerprintOf(Buffer.from(key, 'base64')) };
        }),
      );
    });
  });
}

/** A program's output, at most one megabyte. @throws Error with its own last words when it fails */
function run(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { signal, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let words = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      out += piece;
      if (out.length > 1_000_000) child.kill();
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      words = (words + piece).slice(-2_000);
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new Error(`needs ${program} of OpenSSH, found none`) : error),
    );
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(words.trim().split('\n').at(-1)?.slice(0, 200) || `${program} ended with ${code}`));
    });
  });
}
