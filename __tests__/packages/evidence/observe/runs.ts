import { beginning, chain, line, type Unchained, uuid } from '../../../../packages/evidence/src/index.ts';

/** A run of a day with what it saw: `!` before a name says that it could not be looked at. */
export function runOn(
  day: string,
  seen: readonly string[],
  {
    ended = true,
    vantage = 'office',
    blind = [],
  }: { readonly ended?: boolean; readonly vantage?: string; readonly blind?: readonly string[] } = {},
): readonly Unchained[] {
  const run = uuid('run', day, vantage);
  const at = `${day}T12:00:00Z`;
  const expires = `${new Date(Date.parse(at) + 7 * 86_400_000).toISOString().slice(0, 19)}Z`;
  const records = seen.map((written): Unchained => {
    const id = written.replace('!', '');
    const failed = written.startsWith('!');
    const [collector = '', kind = ''] = id.split(':');
    const project = id.startsWith('hetzner:project');
    return {
      kind: 'observation',
      id: uuid(run, id),
      run,
      at,
      took: 1,
      attempts: 1,
      collector: collector as 'hetzner',
      subject: { kind, id },
      outcome: failed ? 'failed' : 'observed',
      ...(failed ? { problem: 'no answer' } : {}),
      source: { endpoint: 'https://127.0.0.1/' },
      checks: failed || project ? [] : [{ id: collector === 'tls' ? 'tls-chain' : 'spread', holds: true, saw: 'x' }],
      facts: project
        ? { 'not-looked-at': [...blind] }
        : collector === 'hetzner'
          ? { resource: `hcloud_${kind}`, project: 'main' }
          : {},
      expires,
    };
  });
  return [
    {
      kind: 'run',
      run,
      at,
      environment: { name: 'example', class: 'production' },
      vantage,
      tool: 'lukko 0.1.0',
      collectors: [...new Set(seen.map((one) => one.replace('!', '').split(':')[0] as 'hetzner'))],
      tasks: Math.max(1, seen.length),
    },
    ...records,
    ...(ended ? [{ kind: 'end', run, at } as Unchained] : []),
  ];
}

/** A store of them. */
export const text = (...runs: readonly (readonly Unchained[])[]) => chain(runs.flat(), beginning).map(line).join('');
