import type { Finding, Report } from '@lukko/formats';
import type { Collection, TierReport } from '../../../packages/evidence/src/index.ts';

const digest = (digit: string) => digit.repeat(64);

export function finding(values: Partial<Finding> & Pick<Finding, 'rule' | 'verdict' | 'address'>): Finding {
  return {
    severity: 'high',
    message: `${values.address} is as ${values.rule} says`,
    file: 'stacks/logs.ts',
    line: 41,
    because: [
      {
        at: `${values.address}.user_data:/usr/local/lib/lukko/volume`,
        saw: 'cryptsetup luksFormat on the device of the volume',
      },
    ],
    reasons: 1,
    controls: ['ISO27001:2022/A.8.24'],
    fix: 'declare it with EncryptedVolume',
    fingerprint: digest('a'),
    ...values,
  };
}

export function report(findings: readonly Finding[], values: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    tool: { name: 'lukko', version: '0.1.0' },
    posture: 'eu-sovereign',
    ruleSet: 'eu-sovereign',
    threshold: 'low',
    failOn: 'all',
    inputs: [{ file: 'cdktf.out/stacks/logs/cdk.tf.json', kind: 'synth', stack: 'logs', sha256: digest('b') }],
    policy: { sha256: digest('c'), files: ['config/lukko.yaml', 'config/register.yaml'] },
    world: { closed: true, because: 'every stack of cdktf.out was read' },
    findings: [...findings],
    exceptions: [],
    summary: {
      resources: 3,
      rules: 4,
      pass: 0,
      fail: 0,
      unknown: 0,
      obligations: 0,
      waived: 0,
      notApplicable: 0,
      notLookedAt: [],
      coverage: {
        percent: 100,
        resources: { lookedAt: 0, of: 0 },
        hosts: { lookedAt: 0, of: 0 },
        typesNotLookedAt: [],
      },
      proven: [],
      accepted: 0,
      exitCode: 0,
    },
    ...values,
  };
}

export const rules: Collection['rules'] = [
  {
    id: 'volume-encrypted-at-rest',
    title: 'Data volumes are encrypted at rest',
    severity: 'critical',
    controls: ['ISO27001:2022/A.8.24', 'GDPR/32(1)(a)'],
  },
  {
    id: 'public-services-over-tls',
    title: 'Public services speak TLS',
    severity: 'critical',
    controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.21'],
  },
  {
    id: 'servers-behind-firewall',
    title: 'Every public server stands behind a firewall',
    severity: 'high',
    controls: ['ISO27001:2022/A.8.20'],
  },
  {
    id: 'locations-in-eu',
    title: 'Everything stands in the European Union',
    severity: 'critical',
    controls: ['ISO27001:2022/A.5.23'],
  },
];

export function collection(reports: readonly TierReport[], values: Partial<Collection> = {}): Collection {
  return {
    selection: 'A.8',
    reports,
    rules,
    environments: [{ name: 'example', class: 'production' }],
    asOf: '2026-11-21T12:00:00Z',
    ...values,
  };
}
