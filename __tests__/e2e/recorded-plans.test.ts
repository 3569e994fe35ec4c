import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { readPlan, readPlanFile } from '@lukko/terraform-model';
import { judgePlan } from '../../packages/cli/src/gate/judge.ts';
import { startSandbox } from '../../packages/cli/src/sandbox/start.ts';
import { RECORDING } from './recording.ts';
import { repository } from './support.ts';
import { unzip } from './unzip.ts';

/*
 * The plans that scripts/record-plans.ts recorded with the real terraform and provider: the model reads them, and the plan gate
 * lets those of the shipped example pass.
 */

const plans = path.join(repository, '__tests__', 'fixtures', 'plans');
const STACKS = ['network', 'dns', 'keys', 'backups', 'edge', 'errors', 'logs'];
const themes = readdirSync(plans).filter((theme) => existsSync(path.join(plans, theme, 'plan.json')));
const json = (theme: string) => readFileSync(path.join(plans, theme, 'plan.json'));
const binary = (theme: string) => readFileSync(path.join(plans, theme, 'plan.tfplan'));
const graphOf = (theme: string) =>
  readPlan({ bytes: json(theme), file: 'plan.json', source: readPlanFile(binary(theme), 'plan.tfplan').source });

/** Of the sandbox they were recorded against. */
const tokens: string[] = [];
beforeAll(async () => {
  const sandbox = await startSandbox(RECORDING, Date.now);
  tokens.push(...sandbox.projects.flatMap(({ token, readOnlyToken = token }) => [token, readOnlyToken]));
  await sandbox.stop();
});

test('what is recorded', () => {
  expect(themes.sort()).toEqual(
    [
      'foreign-012',
      'foreign-copies',
      'foreign-loops',
      'foreign-loops-changed',
      'foreign-loops-tofu',
      'own-network-destroy',
      ...STACKS.map((stack) => `own-${stack}`),
    ].sort(),
  );
});

describe.each(themes)('%s', (theme) => {
  test('holds no token and no path of a machine, packed or not', () => {
    expect(tokens).toHaveLength(6);
    const texts = [json(theme), ...unzip(binary(theme)).values()].map((bytes) => bytes.toString('latin1'));
    for (const text of texts) {
      expect(text).not.toMatch(/\/(home|root|tmp|Users|private\/var)\/[^"\s]/);
      expect(text).not.toContain(`${homedir()}/`);
      for (const token of tokens) expect(text).not.toContain(token);
    }
  });

  test('says how it was made', () => {
    const readme = readFileSync(path.join(plans, theme, 'README.md'), 'utf8');
    const program = theme.endsWith('-tofu') ? 'tofu' : 'terraform';
    expect(readme).toContain(`${program} plan -input=false`);
    expect(readme).toMatch(/(terraform|tofu) \d+\.\d+\.\d+ \(provider hetznercloud\/hcloud \d+\.\d+\.\d+\)/);
  });

  test('is read by the model, every resource with its change', () => {
    const listed = (
      JSON.parse(json(theme).toString('utf8')) as {
        resource_changes: { mode: string; address: string; change: { actions: string[] } }[];
      }
    ).resource_changes;
    const graph = graphOf(theme);
    const managed = graph.resources.filter((resource) => resource.mode === 'managed');
    expect(managed.map((resource) => resource.address).sort()).toEqual(
      listed
        .filter((each) => each.mode === 'managed')
        .map((each) => each.address)
        .sort(),
    );
    const kinds: Record<string, number> = {};
    for (const { change } of managed) kinds[change] = (kinds[change] ?? 0) + 1;
    expect(kinds).toMatchSnapshot();
  });
});

describe('the plan gate lets the shipped example pass', () => {
  const texts = new Map(
    STACKS.map((stack) => [
      stack,
      unzip(binary(`own-${stack}`))
        .get('tfconfig/m-/cdk.tf.json')
        ?.toString('utf8') ?? '',
    ]),
  );
  const judge = (stack: string, theme: string) =>
    judgePlan({
      repository,
      stack: {
        stack,
        folder: '',
        output: '',
        texts,
        verdict: {
          schemaVersion: 1,
          gate: 'synth',
          environment: 'example',
          class: 'production',
          posture: 'eu-sovereign',
          policy: '',
          stacks: {},
          obligations: [],
        },
      },
      plan: json(theme),
      planFile: binary(theme),
      now: new Date('2026-11-21T12:00:00Z'),
    });

  test.each(STACKS)('%s', async (stack) => {
    const { findings, summary } = await judge(stack, `own-${stack}`);
    expect(
      findings
        .filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown')
        .map(({ rule, address, message }) => `${rule} ${address}: ${message}`),
    ).toEqual([]);
    expect(summary.exitCode).toBe(0);
    expect(summary.pass).toBeGreaterThan(100);
  });

  test('a firewall of another stack is found through its state, and its absence too', async () => {
    const without = new Map([...texts].filter(([stack]) => stack !== 'network'));
    const { findings } = await judgePlan({
      repository,
      stack: {
        stack: 'logs',
        folder: '',
        output: '',
        texts: without,
        verdict: {
          schemaVersion: 1,
          gate: 'synth',
          environment: 'example',
          class: 'production',
          posture: 'eu-sovereign',
          policy: '',
          stacks: {},
          obligations: [],
        },
      },
      plan: json('own-logs'),
      planFile: binary('own-logs'),
      now: new Date('2026-11-21T12:00:00Z'),
    });
    expect(
      findings.find(({ rule, address }) => rule === 'servers-behind-firewall' && address.startsWith('logs/'))?.verdict,
    ).toBe('unknown');
  });
});

describe('foreign-loops', () => {
  test('instances of count, for_each and modules are told apart', () => {
    const { resources } = graphOf('foreign-loops');
    expect(resources.map(({ address, change }) => `${address} ${change}`).sort()).toMatchSnapshot();
  });

  test.each([
    ['the plan alone, what an index hides is only possible', false],
    ['its configuration in HCL beside it, the index is worked out', true],
  ])('what the plan knows is known; with %s', (_, source) => {
    const graph = source
      ? graphOf('foreign-loops')
      : readPlan({ bytes: json('foreign-loops'), file: 'plan.json', source: undefined });
    const second = graph.byId('hcloud_server.replica[1]');
    expect(second?.attr('location').text).toBe('ash');
    const attachment = graph.byId('hcloud_volume_attachment.replica[0]');
    const edges = attachment === undefined ? undefined : graph.to(attachment, ['server_id'], 'hcloud_server').edges;
    expect(edges?.every(({ certainty }) => certainty === 'certain')).toBe(source);
  });
});
