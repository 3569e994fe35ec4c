import type { Finding } from '@lukko/formats';
import { rules } from '../../policies/index.ts';
import { judgeStacks, synthesise } from './shipped.ts';

const stacks = synthesise();
const report = judgeStacks(stacks);
const names = Object.keys(stacks).sort();

/** What one rule found about one stack, as people would read it. */
function found(rule: string, stack: string): readonly Finding[] {
  return report.findings.filter(
    (one) => one.rule === rule && (one.address === stack || one.address.startsWith(`${stack}/`)),
  );
}

const line = ({ verdict, address, at, message }: Finding) => `${verdict} ${at ?? address}: ${message}`;

it('there are seven stacks', () => {
  expect(names).toEqual(['backups', 'dns', 'edge', 'errors', 'keys', 'logs', 'network']);
});

/** The example has no load balancer, no storage box and calls no module. */
const withoutSubject: ReadonlySet<string> = new Set([
  'load-balancer-pins-location',
  'load-balancer-services-over-tls',
  'modules-pinned',
  'storage-boxes-closed',
]);

/** Hosts of the example are looked at, and none of them is object storage. */
const ofNothingHere: ReadonlySet<string> = new Set([
  'backups-locked-in-buckets',
  'object-storage-closed',
  'object-storage-in-eu',
]);

describe.each(rules.map((rule) => rule.id))('%s', (rule) => {
  it.each(names)('holds in the stack %s', (stack) => {
    const refused = found(rule, stack).filter(
      ({ verdict, obligation }) => verdict === 'fail' || (verdict === 'unknown' && obligation !== true),
    );
    expect(refused.map(line)).toEqual([]);
  });

  it('looked at something', () => {
    const looked = report.findings.filter((one) => one.rule === rule);
    if (withoutSubject.has(rule)) expect(looked).toEqual([]);
    else if (ofNothingHere.has(rule))
      expect(looked.filter(({ verdict }) => verdict !== 'not-applicable').map(line)).toEqual([]);
    else expect(looked.some(({ verdict }) => verdict === 'pass')).toBe(true);
  });
});

describe('the example as a whole', () => {
  it('passes eu-sovereign without a waiver', () => {
    expect(report.summary).toMatchObject({ fail: 0, unknown: 0, waived: 0, exitCode: 0 });
    expect(report.world.closed).toBe(true);
  });

  it('leaves to later gates only what the provider decides, and nothing about encryption', () => {
    const obligations = report.findings.filter(({ obligation }) => obligation === true);
    expect(
      obligations.map(({ rule, ...finding }) => `${rule}: ${line({ rule, ...finding })}`).sort(),
    ).toMatchSnapshot();
    const rulesOpen = new Set(obligations.map(({ rule }) => rule));
    expect(rulesOpen).not.toContain('volume-encrypted-at-rest');
    expect(rulesOpen).not.toContain('data-paths-on-encrypted-volume');
  });

  it('lists its exceptions', () => {
    expect(report.exceptions).toMatchSnapshot();
  });

  it('names what no rule looked at', () => {
    expect(report.summary.notLookedAt).toMatchSnapshot();
  });
});
