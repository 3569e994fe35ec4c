import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { readBytes } from '../gate/folder.ts';
import { nodeFiles } from '../ports/node.ts';

/** The fixed commands a host answers to; no other is ever sent (`stacks/payload/`). */
export type HostCommand =
  | 'quiesce'
  | 'serving'
  | 'report'
  | 'luks-uuid'
  | 'rebind'
  | 'tang-thumbprint'
  | keyof typeof OWN_LINES;

/** What needs no script on the host: programs of its packages do it. */
const OWN_LINES = {
  /** Public keys: tangd's own answer, with nothing between. */
  'tang-advertisement': 'curl --silent --fail --max-time 5 http://127.0.0.1:7500/adv',
  /** tangd-rotate-keys(1): the former keys are hidden and go on answering. */
  'tang-rotate': '/usr/libexec/tangd-rotate-keys -d /var/db/tang && chown -R _tang:_tang /var/db/tang',
} as const;

export interface Said {
  /** Exit code of the command on the host; 255 is ssh's own, and then `trouble` says what stood in its way. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly trouble?: 'unreachable' | 'host-key' | 'refused' | 'no-ssh';
}

/** Where a host is reached, and what it is known by. */
export interface Reach {
  /** Name at Hetzner: what its key is recorded under, whatever its address. */
  readonly name: string;
  readonly address: string;
  readonly port?: number;
  readonly user?: string;
  /** The file of recorded host keys: `state/<environment>/known_hosts`. */
  readonly knownHosts: string;
  /** More options for ssh, such as the key to sign in with; the operator's agent and configuration are used in any case. */
  readonly options?: readonly string[];
}

/** Who operators sign in as: the principal of their certificates (`stacks/payload/base/sshd.conf`). */
export const OPERATOR = 'root';
const FOLDER = '/usr/local/lib/lukko';
/**
 * Runs one fixed command on a host. `trust`: `recorded` accepts only a key that stands in the file; `first` accepts and records
 * whatever key answers, which is trust on first use and is said to be.
 * @param words handed to the command: addresses and thumbprints, nothing a shell would read as more than a word.
 */
export function onHost(
  reach: Reach,
  command: HostCommand,
  trust: 'recorded' | 'first',
  environment: NodeJS.ProcessEnv,
  words: readonly string[] = [],
): Promise<Said> {
  const odd = words.find((word) => !/^[A-Za-z0-9_.:/-]+$/.test(word));
  if (odd !== undefined) throw new Error(`${JSON.stringify(odd)} is no word for a host`);
  const line = command in OWN_LINES ? OWN_LINES[command as keyof typeof OWN_LINES] : `${FOLDER}/${command}`;
  return overSsh(reach, [line, ...words].join(' '), trust, environment);
}

/** Runs a command line on a host, with bytes for its standard input. @returns what it said; never throws for what the host does. */
export function overSsh(
  reach: Reach,
  command: string,
  trust: 'recorded' | 'first',
  environment: NodeJS.ProcessEnv,
  input?: AsyncIterable<Uint8Array> | NodeJS.ReadableStream,
): Promise<Said> {
  mkdirSync(path.dirname(reach.knownHosts), { recursive: true });
  return new Promise((resolve) => {
    const child = spawn(
      'ssh',
      [...sshOptions(reach, trust), '-T', `${reach.user ?? OPERATOR}@${reach.address}`, command],
      {
        env: environment,
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      },
    );
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout?.on('data', (piece: Buffer) => out.push(piece));
    child.stderr?.on('data', (piece: Buffer) => err.push(piece));
    if (input !== undefined && child.stdin !== null) {
      // A host that closes early says so by its exit code.
      child.stdin.on('error', () => undefined);
      void feed(child.stdin, input);
    }
    child.once('error', () =>
      resolve({ code: 255, out: '', err: 'there is no program ssh on PATH', trouble: 'no-ssh' }),
    );
    child.once('close', (code) => {
      const said = { code: code ?? 255, out: text(out), err: text(err) };
      resolve(said.code === 255 ? { ...said, trouble: troubleOf(said.err) } : said);
    });
  });
}

async function feed(to: NodeJS.WritableStream, from: AsyncIterable<Uint8Array> | NodeJS.ReadableStream): Promise<void> {
  try {
    for await (const piece of from as AsyncIterable<Uint8Array>)
      if (!to.write(piece)) await new Promise((resolve) => to.once('drain', resolve));
  } catch {
    // The other side is gone: its exit code says why.
  }
  to.end();
}

/**
 * Options that win over the operator's own configuration: no question is asked, one kind of key is recorded under the server's
 * name in a file of its own, and nothing of this machine is forwarded; ssh_config(5).
 */
export function sshOptions(
  { name, port, knownHosts, options = [] }: Reach,
  trust: 'recorded' | 'first',
): readonly string[] {
  const set: Readonly<Record<string, string>> = {
    BatchMode: 'yes',
    ConnectTimeout: '10',
    ServerAliveInterval: '15',
    ServerAliveCountMax: '4',
    HostKeyAlias: name,
    HostKeyAlgorithms: 'ssh-ed25519',
    CheckHostIP: 'no',
    HashKnownHosts: 'no',
    UserKnownHostsFile: `"${knownHosts.replaceAll('%', '%%')}"`,
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: trust === 'first' ? 'accept-new' : 'yes',
    UpdateHostKeys: 'no',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ClearAllForwardings: 'yes',
    ControlMaster: 'no',
    ControlPath: 'none',
    PermitLocalCommand: 'no',
    // The reasons of a refusal are printed at this level, greetings are not.
    LogLevel: 'ERROR',
  };
  return [
    ...Object.entries(set).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...options,
  ];
}

function troubleOf(problems: string): NonNullable<Said['trouble']> {
  if (
    /Host key verification failed|REMOTE HOST IDENTIFICATION|host key is known for|No matching host key/i.test(problems)
  )
    return 'host-key';
  if (/Permission denied|Too many authentication failures/i.test(problems)) return 'refused';
  return 'unreachable';
}

function text(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('utf8');
}

/** Takes the recorded key of a host out of the file: whatever answers next is trusted on first use again. */
export function forgetKey(knownHosts: string, name: string): void {
  const before = readBytes(knownHosts)?.toString('utf8');
  if (before === undefined) return;
  const lines = before.split('\n').filter((line) => line.trim().split(/\s+/)[0] !== name);
  nodeFiles.write(knownHosts, lines.join('\n'));
}

/** The recorded key of a host, as the words of its line in the file: type and key. */
export function recordedKey(knownHosts: string, name: string): string | undefined {
  const lines = readBytes(knownHosts)?.toString('utf8').split('\n') ?? [];
  const line = lines.map((each) => each.trim().split(/\s+/)).find(([host]) => host === name);
  return line === undefined ? undefined : line.slice(1, 3).join(' ');
}
