import type { Obligation } from '@lukko/formats';
import { mergeObligations } from '../../../packages/policy-engine/src/ledger.ts';

const obligation = (address: string, due: 'plan' | 'live', first?: string): Obligation => ({
  rule: 'servers-behind-firewall',
  address,
  attribute: `${address}.firewall_ids`,
  message: 'it is not known which firewalls apply',
  because: [],
  firstSeen: { gate: due === 'plan' ? 'synth' : 'plan', ...(first === undefined ? {} : { at: first }) },
  due,
});
const monday = '2026-11-16T08:00:00.000Z';
const friday = '2026-11-20T08:00:00.000Z';
const all = () => true;

describe('the ledger of obligations', () => {
  test('what is new is first seen now, what was there keeps its day', () => {
    const ledger = [obligation('logs/hcloud_server.host', 'plan', monday)];
    const merged = mergeObligations(
      ledger,
      [obligation('logs/hcloud_server.host', 'plan'), obligation('edge/hcloud_server.host', 'plan')],
      { gate: 'synth', covers: all, at: friday },
    );
    expect(merged.map(({ address, firstSeen }) => [address, firstSeen.at])).toEqual([
      ['edge/hcloud_server.host', friday],
      ['logs/hcloud_server.host', monday],
    ]);
  });

  test('what a gate looked for and does not see any more leaves', () => {
    expect(
      mergeObligations([obligation('logs/x.y', 'plan', monday)], [], { gate: 'synth', covers: all, at: friday }),
    ).toEqual([]);
  });

  test('the plan gate of one stack leaves the others alone, and moves its own on to the live gate', () => {
    const ledger = [obligation('logs/x.y', 'plan', monday), obligation('edge/x.y', 'plan', monday)];
    const merged = mergeObligations(ledger, [obligation('logs/x.y', 'live')], {
      gate: 'plan',
      covers: (address) => address.startsWith('logs/'),
      at: friday,
    });
    expect(merged.map(({ address, due, firstSeen }) => [address, due, firstSeen.at])).toEqual([
      ['edge/x.y', 'plan', monday],
      ['logs/x.y', 'live', monday],
    ]);
  });

  test('a synth neither drops nor sets back what waits for the live check', () => {
    const ledger = [obligation('logs/a.b', 'live', monday), obligation('logs/x.y', 'live', monday)];
    const merged = mergeObligations(ledger, [obligation('logs/x.y', 'plan')], {
      gate: 'synth',
      covers: all,
      at: friday,
    });
    expect(merged.map(({ address, due }) => [address, due])).toEqual([
      ['logs/a.b', 'live'],
      ['logs/x.y', 'live'],
    ]);
  });
});
