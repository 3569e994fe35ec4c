import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginning, chain, line, readHetzner, sha256, type Unchained } from '@lukko/evidence';

/**
 * Measures what `lukko evidence` takes for 1,000 servers and 5,000 observations, with the built command: time, memory, size of
 * the page, and verification against sha256sum over the same files. Prints numbers; it is no test, since machines differ.
 */
const servers = 1000;
const wanted = 5000;
const command = join(__dirname, '../packages/cli/dist/lukko.js');

function main(): void {
  const directory = mkdtempSync(join(tmpdir(), 'lukko-bench-'));
  try {
    mkdirSync(join(directory, 'stack'));
    writeFileSync(join(directory, 'stack/main.tf.json'), JSON.stringify(stack()));
    writeFileSync(join(directory, 'observations.jsonl'), chain(records(), beginning).map(line).join(''));
    const exported = measured(directory, ['evidence', 'export', 'stack', '--as-of', '2026-11-21T12:00:00Z']);
    const out = join(directory, 'evidence-out');
    const size = sizeOf(out);
    print(
      'export',
      `${exported.seconds.toFixed(2)} s (${exported.cpu.toFixed(2)} s of processor), ${exported.megabytes} MB`,
      '< 5 s, 400 MB',
    );
    print('report.html', `${megabytes(statSync(join(out, 'report.html')).size)} MB of ${megabytes(size)} MB`, '< 5 MB');
    const verified = measured(directory, ['evidence', 'verify', 'evidence-out', '--as-of', '2026-11-21T12:00:00Z']);
    const began = performance.now();
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: out });
    const sums = (performance.now() - began) / 1000;
    print(
      'verify',
      `${verified.seconds.toFixed(2)} s (${verified.cpu.toFixed(2)} s of processor), of which ${startUp(directory).toFixed(2)} s are the start of Node`,
      '',
    );
    print('sha256sum', `${sums.toFixed(2)} s`, 'verify < 2 x');
  } finally {
    if (process.argv.includes('--keep')) process.stdout.write(`${directory}\n`);
    else rmSync(directory, { recursive: true, force: true });
  }
}

function measured(
  cwd: string,
  args: readonly string[],
): { readonly seconds: number; readonly megabytes: number; readonly cpu: number } {
  const began = performance.now();
  const script = `process.on('exit', () => process.stderr.write('\\n@' + process.resourceUsage().maxRSS + ' ' + (process.cpuUsage().user + process.cpuUsage().system))); process.argv.splice(1, 0, ${JSON.stringify(command)}); require(${JSON.stringify(command)});`;
  const { stderr, status } = spawnSync(process.execPath, ['-e', script, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const seconds = (performance.now() - began) / 1000;
  if (status === 2 || status === null) throw new Error(stderr);
  return {
    seconds,
    megabytes: Math.round(Number(/@(\d+)/.exec(stderr)?.[1] ?? 0) / 1024),
    cpu: Number(/@\d+ (\d+)/.exec(stderr)?.[1] ?? 0) / 1e6,
  };
}

function startUp(cwd: string): number {
  return measured(cwd, ['--version']).seconds;
}

function print(what: string, value: string, limit: string): void {
  process.stdout.write(`${what.padEnd(12)} ${value}${limit === '' ? '' : `   (${limit})`}\n`);
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

function sizeOf(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function stack(): object {
  const numbers = Array.from({ length: servers }, (_, index) => index);
  const each = (make: (index: number) => object) =>
    Object.fromEntries(numbers.map((index) => [`n${index}`, make(index)]));
  return {
    terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } } },
    resource: {
      hcloud_firewall: {
        one: { name: 'one', rule: [{ direction: 'in', protocol: 'tcp', port: '443', source_ips: ['0.0.0.0/0'] }] },
      },
      hcloud_server: each((index) => ({
        name: `n${index}`,
        server_type: 'cx23',
        image: 'debian-13',
        location: 'hel1',
        firewall_ids: ['${hcloud_firewall.one.id}'],
      })),
      hcloud_volume: each((index) => ({ name: `v${index}`, size: 10, location: 'hel1', delete_protection: true })),
      hcloud_volume_attachment: each((index) => ({
        volume_id: `\${hcloud_volume.n${index}.id}`,
        server_id: `\${hcloud_server.n${index}.id}`,
      })),
    },
  };
}

function records(): readonly Unchained[] {
  const run = '0b0e7a52-5a44-5f0e-9d53-6f3cc2a3e0c1';
  const place = { name: 'hel1', country: 'FI' };
  const list = Array.from({ length: servers }, (_, index) => ({
    id: index,
    name: `n${index}`,
    location: place,
    server_type: { name: 'cx23' },
    labels: { 'lukko-class': 'production' },
    public_net: { ipv4: { ip: `192.0.${index >> 8}.${index & 255}` }, firewalls: [{ id: 1, status: 'applied' }] },
    rescue_enabled: false,
    protection: { delete: false },
    volumes: [index],
  }));
  const volumes = list.map(({ id }) => ({
    id,
    name: `v${id}`,
    size: 10,
    location: place,
    server: id,
    protection: { delete: true },
  }));
  const seen = readHetzner(
    new Map([
      ['servers', list],
      ['volumes', volumes],
    ] as [string, unknown[]][]),
    'live',
  );
  const times = Math.ceil(wanted / seen.length);
  const observations = Array.from({ length: times }, (_, time) =>
    seen.map(
      (one, index): Unchained => ({
        kind: 'observation',
        id: `${String(time).padStart(8, '0')}-0000-5000-8000-${String(index).padStart(12, '0')}`,
        run,
        collector: 'hetzner',
        ...one,
        checks: [...one.checks],
        at: `2026-11-${String(18 + time).padStart(2, '0')}T12:00:00Z`,
        took: 100,
        attempts: 1,
        outcome: 'observed',
        source: { endpoint: 'http://127.0.0.1:8080/v1' },
        answer: sha256(String(index)),
        expires: '2099-01-01T00:00:00Z',
      }),
    ),
  ).flat();
  const header: Unchained = {
    kind: 'run',
    run,
    at: '2026-11-18T12:00:00Z',
    environment: { name: 'bench', class: 'production' },
    vantage: 'bench',
    tool: 'lukko',
    collectors: ['hetzner'],
  };
  return [header, ...observations.slice(0, wanted)];
}

main();
