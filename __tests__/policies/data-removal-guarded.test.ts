import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deriveFacts } from '@lukko/facts';
import { evaluate, type PolicyContext, postures } from '@lukko/policy-engine';
import { readPlan } from '@lukko/terraform-model';
import { dataRemovalGuarded } from '../../policies/data-removal-guarded.ts';

/* Recorded with the real terraform: __tests__/fixtures/plans/foreign-loops-changed/README.md. */
const file = '__tests__/fixtures/plans/foreign-loops-changed/plan.json';
const bytes = readFileSync(path.join(__dirname, '../..', file));

function judge(environmentClass: PolicyContext['environmentClass']) {
  return evaluate({
    rules: [dataRemovalGuarded],
    facts: deriveFacts(readPlan({ bytes, file }), { operators: [], register: [] }),
    context: { allowedJurisdictions: [], environmentClass },
    posture: postures.recommended,
    collect: true,
    version: 'test',
    inputs: [],
    policy: { sha256: '0'.repeat(64), files: [] },
  });
}

describe('data-removal-guarded on a plan', () => {
  const report = judge('production');

  it('refuses what the plan deletes and replaces, with the weight of data', () => {
    const failed = report.findings.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      'critical: hcloud_volume.replica[1] keeps data; this plan would delete it',
      'critical: module.service["search"].hcloud_volume.data keeps data; this plan would replace it',
      'critical: module.service["web"].hcloud_volume.data keeps data; this plan would replace it',
    ]);
    expect(report.summary.exitCode).toBe(1);
  });

  it('does not know whether a volume that stays is guarded, since a plan shows no lifecycle', () => {
    const open = report.findings.find(({ address }) => address === 'hcloud_volume.replica[0]');
    expect(open).toMatchObject({ verdict: 'unknown', severity: 'medium', because: [{ causes: ['source'] }] });
  });

  it('does not know whether a server that goes held keys, since a plan shows only the hash of its payload', () => {
    const servers = report.findings.filter(({ address }) => address.includes('hcloud_server.'));
    expect(servers.length).toBeGreaterThan(0);
    expect(new Set(servers.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
  });

  it('does not apply to an environment that may be thrown away', () => {
    const verdicts = new Set(judge('disposable').findings.map(({ verdict }) => verdict));
    expect(verdicts).toEqual(new Set(['not-applicable']));
  });
});
