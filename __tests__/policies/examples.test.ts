import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deriveFacts } from '@lukko/facts';
import type { Report } from '@lukko/formats';
import { evaluate, type Posture, readPolicy, renderTerminal } from '@lukko/policy-engine';
import { readSynth } from '@lukko/terraform-model';
import { adequate, operators, rules, rulesOf } from '../../policies/index.ts';

const root = path.join(__dirname, '../..');

/** Judges a folder of examples/ as `lukko check` started in it would. */
function judge(folder: string, posture?: Posture['name']): Report {
  const file = `examples/${folder}/main.tf.json`;
  const text = readFileSync(path.join(root, file), 'utf8');
  const own = path.join(root, 'examples', folder, 'lukko.yaml');
  const lock = path.join(root, 'examples', folder, '.terraform.lock.hcl');
  const lockFile = existsSync(lock)
    ? { file: `examples/${folder}/.terraform.lock.hcl`, text: readFileSync(lock, 'utf8') }
    : undefined;
  const policy = readPolicy({
    ...(existsSync(own) ? { lukko: { file: 'lukko.yaml', text: readFileSync(own, 'utf8') } } : {}),
    ...(posture === undefined ? {} : { posture }),
    read: (name) => ({ file: name, text: readFileSync(path.join(root, 'examples', folder, name), 'utf8') }),
    catalogue: { rules, rulesOf, operators, adequate, version: 'test' },
  });
  return evaluate({
    rules: policy.rules,
    facts: deriveFacts(readSynth({ roots: [{ files: [{ file, text }], lockFile }] }), {
      operators: policy.operators,
      register: policy.services,
    }),
    context: { ...policy.context, environmentClass: undefined },
    posture: policy.posture,
    version: 'test',
    inputs: [],
    policy: policy.policy,
  });
}

describe('examples/', () => {
  it('says in README.md what each is', () => {
    const readme = readFileSync(path.join(root, 'examples/README.md'), 'utf8');
    for (const kind of ['passes', 'refused']) {
      for (const name of readdirSync(path.join(root, 'examples', kind))) {
        expect(readme).toContain(`[${kind}/${name}](${kind}/${name})`);
        expect(existsSync(path.join(root, 'examples', kind, name, 'README.md'))).toBe(true);
      }
    }
  });

  it('passes/jump-host passes recommended', () => {
    const report = judge('passes/jump-host', 'recommended');
    expect(report.summary.exitCode).toBe(0);
    expect(renderTerminal(report)).toMatchSnapshot();
  });

  it('passes/encrypted-volume passes eu-sovereign', () => {
    const report = judge('passes/encrypted-volume');
    expect(report.posture).toBe('eu-sovereign');
    expect(renderTerminal(report)).toMatchSnapshot();
    expect(report.summary.exitCode).toBe(0);
  });

  describe('refused/us-cloud', () => {
    it.each(['recommended', 'eu-sovereign'] as const)('is refused by %s', (posture) => {
      const report = judge('refused/us-cloud', posture);
      expect(report.summary.exitCode).toBe(1);
      expect(renderTerminal(report)).toMatchSnapshot();
    });

    it.each([
      ['Vercel', /vercel\/vercel .*Vercel.*\(US\)/],
      ['Neon', /kislerdm\/neon .*Neon.*\(US\).*Databricks/],
      ['Supabase', /supabase\/supabase .*Supabase.*\(SG\)/],
      ['Cloudflare', /cloudflare\/cloudflare .*Cloudflare.*\(US\)/],
      ['the bucket at AWS', /backend s3 .*Amazon.*\(US\)/],
      ['OpenAI', /api\.openai\.com.*OpenAI.*\(US\)/],
      ['Docker Hub', /redis.*Docker.*\(US\)/],
      ['GitHub', /ghcr\.io.*GitHub.*\(US\).*Microsoft/],
      ['Ashburn', /hcloud_server\.worker stands in ash \(Ashburn, US\)/],
    ])('names %s, with entity, country and source', (name, pattern) => {
      const { findings } = judge('refused/us-cloud', 'eu-sovereign');
      const naming = findings.filter(({ verdict, message }) => verdict === 'fail' && pattern.test(message));
      expect(naming).not.toEqual([]);
      for (const { message, because } of naming) {
        if (name !== 'Ashburn') expect([message, ...because.map(({ saw }) => saw)].join(' ')).toMatch(/https:\/\/\S+/);
      }
    });
  });
});
