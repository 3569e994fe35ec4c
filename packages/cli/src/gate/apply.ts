import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type GateVerdict, type Intent, type Obligations, obligations, parseFile, type Report } from '@lukko/formats';
import { excuse, mergeObligations, obligationsOf, renderTerminal } from '@lukko/policy-engine';
import { logAct } from '../evidence/tool-log.ts';
import { nodeFiles } from '../ports/node.ts';
import type { ApplyOptions } from './arguments.ts';
import { resolvedBackend } from './backend.ts';
import { type Endpoint, endpoints } from './endpoints.ts';
import { leftOut } from './environment.ts';
import { refuseOffLoopback } from './fixtures.ts';
import { readBytes, repositoryOf } from './folder.ts';
import { intentsFor, intentText, useIntent } from './intents.ts';
import { judgePlan } from './judge.ts';
import { refuseOverrides } from './overrides.ts';
import { priceLines } from './prices.ts';
import { Refusal } from './refusal.ts';
import { defuse, QUESTIONS } from './relay.ts';
import { noteInterrupts, type Program, supervise } from './run.ts';
import { refuseOtherEnvironment } from './state-environment.ts';
import { readStackFolder, type StackFolder } from './synth-verdict.ts';
import { answer, personAtTerminal } from './terminal.ts';
import { refuseUnnamedWaivers } from './waivers.ts';

export interface Gated {
  readonly program: Program;
  readonly command: 'apply' | 'destroy';
  readonly options: ApplyOptions;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
}

/**
 * Plans to a file, judges that plan joined with its configuration, asks, writes the verdict and applies exactly that file.
 * @returns terraform's exit code, or 1 when the findings or the operator refuse. Throws a Refusal before anything is planned.
 */
export async function applyGated(gated: Gated): Promise<number> {
  const { command, options, environment } = gated;
  // It would tell the operator to apply the plan file by hand.
  const program: Program = { ...gated.program, environment: { ...gated.program.environment, TF_IN_AUTOMATION: '1' } };
  const stack = readStackFolder(program.folder);
  const repository = repositoryOf(program.folder);
  if (!options.autoApprove && !personAtTerminal()) {
    throw new Refusal(
      `terraform ${command} of stack ${stack.stack} must ask, and there is no terminal to ask on`,
      'run it on a terminal, or give --auto-approve to cdktf (-auto-approve to terraform)',
    );
  }
  const unseen = leftOut(environment);
  if (unseen.length > 0) process.stderr.write(`lukko: not passed on to terraform: ${unseen.join(', ')}\n`);
  const configuration = stack.texts.get(stack.stack) ?? '';
  const reached = endpoints(environment, providerBlocks(configuration));
  refuseOffLoopback(reached, {
    fixtures: readBytes(path.join(repository, 'config', 'fixtures.json'))?.toString('utf8'),
    texts: stack.texts,
    environment: stack.verdict.environment,
    disposable: stack.verdict.class === 'disposable',
  });
  refuseOverrides(reached, environment);
  const backend = resolvedBackend(program.folder, configuration);
  const version = await terraformVersion(program);
  const outputs = await supervise(program, ['output', '-json', '-no-color'], { capture: true });
  if (outputs.code !== 0) return outputs.code;
  refuseOtherEnvironment(outputs.output.toString('utf8'), stack.stack, stack.verdict.environment);

  const { environment: name } = stack.verdict;
  const kept = path.join(path.dirname(stack.output), 'state', name);
  const intents = intentsFor(kept, { environment: name, stack: stack.stack, command }, gated.now());
  refuseUnmeantReplacement(stack.stack, options.replace, intents);
  const temporary = mkdtempSync(path.join(tmpdir(), 'lukko-gate-'));
  const interrupts = noteInterrupts();
  try {
    const planFile = path.join(temporary, 'plan');
    const colour = options.noColor ? ['-no-color'] : [];
    const planned = await supervise(
      program,
      [
        'plan',
        '-input=false',
        `-out=${planFile}`,
        ...(command === 'destroy' ? ['-destroy'] : []),
        ...options.replace.map((address) => `-replace=${address}`),
        ...colour,
        ...options.plan,
      ],
      { capture: false },
    );
    if (planned.code !== 0) return planned.code;
    const bytes = readFileSync(planFile);
    const shown = await supervise(program, ['show', '-json', planFile], { capture: true });
    if (shown.code !== 0) return shown.code;
    for (const intent of intents) say(intentText(intent));
    const report = excuse(
      await judgePlan({ repository, stack, plan: shown.output, planFile: bytes, command, now: gated.now() }),
      intents,
    );
    say(renderTerminal(report, { color: !options.noColor && process.stdout.isTTY === true }));
    if (report.summary.exitCode !== 0) {
      throw new Refusal(
        `the plan of stack ${stack.stack} fails the policy, nothing was applied`,
        'mend what the findings name; a finding that may be waived is waived in the waivers file, by its approver',
      );
    }
    if (nothingJudged(report))
      throw new Refusal(
        `no rule found anything to judge in the plan of stack ${stack.stack}, and nothing looked at is no pass`,
        'look at the plan with terraform plan',
      );
    const waivers = refuseUnnamedWaivers(report, environment);
    const [cloud] = endpoints(
      { HCLOUD_ENDPOINT: environment.HCLOUD_ENDPOINT, HETZNER_ENDPOINT: environment.HCLOUD_ENDPOINT },
      [],
    );
    const asked = { endpoint: cloud?.url ?? '', token: program.environment.HCLOUD_TOKEN };
    for (const line of await priceLines(shown.output, asked)) say(`${line}\n`);
    if (!(await approved(gated, stack, reached))) return 1;
    if (interrupts.seen()) throw new Refusal('it was interrupted, nothing was applied', 'run it again');
    if (!readFileSync(planFile).equals(bytes))
      throw new Refusal(
        `the plan of stack ${stack.stack} was changed on disk after it was judged, nothing was applied`,
        'find out which process of yours writes into temporary folders, and run it again',
      );
    for (const id of waivers) {
      const where = { cwd: repository, files: nodeFiles, now: gated.now, environment };
      logAct(undefined, { act: 'waiver-used', about: digest(bytes), detail: id.slice(0, 200) }, where);
    }
    for (const intent of intents) useIntent(kept, intent, gated.now(), digest(bytes));
    record(stack, report, {
      sha256: digest(bytes),
      command,
      endpoints: reached.map((endpoint) => endpoint.url),
      backend,
      terraform: version,
      waivers: [...waivers],
      ...(intents.length === 0 ? {} : { intents: intents.map(({ id }) => id) }),
      at: gated.now().toISOString(),
    });
    const applied = await supervise(program, ['apply', '-input=false', ...colour, ...options.apply, planFile], {
      capture: false,
    });
    return applied.code;
  } finally {
    interrupts.release();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** A replacement that no change of the configuration asks for takes a server or a volume with it: only `keys replace` means one. */
function refuseUnmeantReplacement(stack: string, addresses: readonly string[], intents: readonly Intent[]): void {
  const meant = intents.filter(({ verb }) => verb === 'keys-replace').flatMap((intent) => intent.addresses);
  const unmeant = addresses.find((address) => !meant.includes(`${stack}/${address}`));
  if (unmeant !== undefined)
    throw new Refusal(
      `terraform apply with -replace: a replacement of ${unmeant} that nobody declared takes a server or a volume with it`,
      'declare what should change; a lost key server is replaced by `lukko keys replace`',
    );
}

function nothingJudged({ summary }: Report): boolean {
  return summary.pass + summary.fail + summary.unknown + summary.obligations + summary.waived === 0;
}

async function approved(
  { command, options }: Gated,
  { stack, verdict }: StackFolder,
  reached: readonly Endpoint[],
): Promise<boolean> {
  if (options.autoApprove) return true;
  say(
    `stack ${stack} of the environment ${verdict.environment}, at ${reached.map((endpoint) => endpoint.url).join(' and ')}\n`,
  );
  // cdktf acts on whole lines only: without the newline its own question would never appear.
  process.stdout.write(`${QUESTIONS[command]} Type yes to go on, anything else stops.\n`);
  if ((await answer()) === 'yes') return true;
  process.stdout.write(`lukko: stopped: nothing was changed in stack ${stack}\n`);
  return false;
}

/** What was decided is on disk before terraform changes anything: the verdict of this plan, and what it leaves open. */
function record(stack: StackFolder, report: Report, plan: NonNullable<GateVerdict['plan']>): void {
  const { environment } = stack.verdict;
  const ours = (address: string) => address.startsWith(`${stack.stack}/`);
  const found = obligationsOf(report, 'plan', plan.at).filter(({ address }) => ours(address));
  const verdict: GateVerdict = {
    schemaVersion: 1,
    gate: 'plan',
    environment,
    class: stack.verdict.class,
    posture: report.posture,
    policy: report.policy.sha256,
    stacks: { [stack.stack]: stack.verdict.stacks[stack.stack] ?? '' },
    plan,
    obligations: [...found],
  };
  const state = path.join(path.dirname(stack.output), 'state', environment);
  const file = path.join(state, 'obligations.json');
  const before = readBytes(file)?.toString('utf8');
  const ledger: Obligations = {
    schemaVersion: 1,
    environment,
    obligations: [
      ...mergeObligations(
        before === undefined ? [] : parseFile(obligations, before, 'obligations.json').value.obligations,
        found,
        {
          gate: 'plan',
          covers: ours,
          at: plan.at,
        },
      ),
    ],
  };
  nodeFiles.write(file, `${JSON.stringify(ledger, null, 2)}\n`);
  nodeFiles.write(path.join(state, 'verdicts', `${stack.stack}.json`), `${JSON.stringify(verdict, null, 2)}\n`);
}

async function terraformVersion(program: Program): Promise<string> {
  const { code, output } = await supervise(program, ['version', '-json'], { capture: true });
  const version =
    code === 0 ? (JSON.parse(output.toString('utf8')) as { terraform_version?: unknown }).terraform_version : undefined;
  if (typeof version !== 'string')
    throw new Refusal('the real terraform does not say its version', 'name another one with LUKKO_TERRAFORM');
  return version;
}

function providerBlocks(configuration: string): readonly Record<string, unknown>[] {
  const provider = (JSON.parse(configuration) as { provider?: { hcloud?: unknown } }).provider?.hcloud;
  return [provider]
    .flat()
    .filter((block): block is Record<string, unknown> => typeof block === 'object' && block !== null);
}

function say(text: string): void {
  process.stdout.write(text.split('\n').map(defuse).join('\n'));
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
