import { readConfiguration } from '@lukko/terraform-model';
import { observedAt, Roots, tierResources } from '../../../packages/evidence/src/index.ts';
import { joinObligations } from '../../../packages/evidence/src/obligations.ts';
import { reconcile } from '../../../packages/evidence/src/reconcile.ts';
import { asOf, storeWith } from './observed-export.ts';

const rule = { direction: 'in', protocol: 'tcp', port: '443', source_ips: ['0.0.0.0/0'] };
const graph = (server: object) =>
  readConfiguration([
    {
      file: 'main.tf.json',
      text: JSON.stringify({
        terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud' } } },
        resource: { hcloud_server: { host: server }, hcloud_firewall: { web: { name: 'web', rule: [rule] } } },
      }),
    },
  ]);
const declared = (server: object) => tierResources(graph(server), 'declared');
const seen = (store = storeWith()) => observedAt(store, asOf, new Roots([]));
const rows = (...tiers: Parameters<typeof reconcile>[0][number][][]) => reconcile(tiers.flat(), seen());
const verdicts = (...args: Parameters<typeof rows>) =>
  rows(...args).map(({ type, name, verdict }) => [type, name, verdict]);

const right = { name: 'logs', server_type: 'cx23', location: 'hel1' };

test('declared, planned and observed agree, in the attributes that are compared', () => {
  expect(verdicts([...declared(right)], [...tierResources(graph(right), 'planned')])).toEqual([
    ['hcloud_firewall', 'web', 'unknown'],
    ['hcloud_server', 'logs', 'agrees'],
  ]);
  expect(rows([...declared(right)])[0]?.attributes).toEqual([
    { attribute: 'rules', declared: 'in tcp 443 0.0.0.0/0', agrees: true },
  ]);
});

test('what differs is drift; what is not known is not said to agree; what only one tier has is named', () => {
  expect(verdicts([...declared({ ...right, server_type: 'cx33' })])[1]).toEqual(['hcloud_server', 'logs', 'drift']);
  expect(verdicts([...declared({ name: 'logs', server_type: 'cx23', location: '${var.place}' })])[1]).toEqual([
    'hcloud_server',
    'logs',
    'unknown',
  ]);
  expect(verdicts([...declared({ ...right, name: 'other' })]).slice(1)).toEqual([
    ['hcloud_server', 'logs', 'observed-only'],
    ['hcloud_server', 'other', 'declared-only'],
  ]);
  // Nobody looked at firewalls in that run: that it was not seen says nothing.
  expect(verdicts([...declared(right)])[0]).toEqual(['hcloud_firewall', 'web', 'unknown']);
});

test('of a kind that was looked at and of which there is none, what is declared is missing', () => {
  const seenWith = (notLookedAt: string[]) => {
    const of = seen();
    const [server] = of.judged;
    if (server === undefined) throw new Error('nothing was seen');
    const project = {
      ...server.observation,
      subject: { kind: 'project', id: 'hetzner:project:main', name: 'main' },
      facts: { 'not-looked-at': notLookedAt },
    };
    return { ...of, judged: [...of.judged, { ...server, observation: project }] };
  };
  const firewall = (notLookedAt: string[]) => reconcile([...declared(right)], seenWith(notLookedAt))[0]?.verdict;
  expect(firewall([])).toBe('declared-only');
  expect(firewall(['firewalls'])).toBe('unknown');
});

const obligation = (attribute: string, at?: string) => ({
  rule: 'servers-behind-firewall',
  address: 'hcloud_server.host',
  attribute,
  message: '',
  because: [],
  firstSeen: { gate: 'plan' as const, ...(at === undefined ? {} : { at }) },
  due: 'live' as const,
});

test('an obligation is discharged by the real observation that shows its attribute, and overdue after a week without', () => {
  const reconciled = rows([...declared(right)]);
  const states = (observed: ReturnType<typeof seen>, at: string | undefined) =>
    ['location', 'ipv4_address'].map((name) => {
      const [joined] = joinObligations([obligation(`hcloud_server.host.${name}`, at)], reconciled, observed, asOf);
      return [joined?.state, joined?.by !== undefined, ...(joined?.saw === undefined ? [] : [joined.saw])];
    });
  const old = '2020-01-01T00:00:00Z';
  // Without a public root nothing counts, whatever was seen.
  expect(states(seen(), old)).toEqual([
    ['overdue', false],
    ['overdue', false],
  ]);
  expect(states(seen(), asOf)).toEqual([
    ['open', false],
    ['open', false],
  ]);
  const real = seen();
  const counted = {
    ...real,
    judged: real.judged.map((one) => ({ ...one, origin: { kind: 'real' as const, because: '' } })),
  };
  expect(states(counted, old)).toEqual([
    ['discharged', true, 'hel1'],
    ['overdue', false],
  ]);
});
