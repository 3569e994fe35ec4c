import { Refusal } from './refusal.ts';

/** What the gate does with one call of `terraform`. */
export type Call =
  /** Handed to terraform as it is. `stack`: it reads this folder's configuration, so the synth verdict must fit first. */
  | { readonly kind: 'pass'; readonly verb: string; readonly args: readonly string[]; readonly stack: boolean }
  | { readonly kind: 'init'; readonly args: readonly string[] }
  /** `terraform providers lock`, which cdktf runs when a stack has no fitting lock file. */
  | { readonly kind: 'lock' }
  | { readonly kind: 'gated'; readonly command: 'apply' | 'destroy'; readonly options: ApplyOptions };

export interface ApplyOptions {
  readonly autoApprove: boolean;
  readonly noColor: boolean;
  /** Addresses that are to be replaced though nothing changed; the gate asks for an intent that names each. */
  readonly replace: readonly string[];
  /** Options handed on to `terraform plan`: written out, so that an option nobody thought of is refused. */
  readonly plan: readonly string[];
  /** Options handed on to `terraform apply` of the plan file. */
  readonly apply: readonly string[];
}

/** Verbs that change neither infrastructure nor state; a value says whether they read this folder's configuration. */
const READS: ReadonlyMap<string, boolean> = new Map([
  ['version', false],
  ['help', false],
  ['fmt', false],
  ['show', false],
  ['output', false],
  ['metadata', false],
  ['providers', false],
  ['modules', false],
  ['get', true],
  ['validate', true],
  ['graph', true],
  ['console', true],
  ['plan', true],
  // A lock that a killed run left behind protects nothing; without this the operator would reach for the real binary.
  ['force-unlock', false],
]);

const READING_SUBCOMMANDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['state', ['list', 'show', 'pull']],
  ['workspace', ['list', 'show']],
]);

const INIT_REFUSED = ['-backend-config', '-from-module', '-plugin-dir'];

/**
 * Reads the arguments of one call. `chdir` is the folder of `-chdir`, taken out of the arguments.
 * Throws a Refusal for every verb or option that is not on the list: the list is closed, so a verb of a newer terraform is refused.
 */
export function readArguments(argv: readonly string[]): { readonly call: Call; readonly chdir: string | undefined } {
  let chdir: string | undefined;
  let at = 0;
  for (; at < argv.length && argv[at]?.startsWith('-'); at += 1) {
    const option = normal(argv[at] ?? '');
    if (option.startsWith('-chdir=')) chdir = option.slice('-chdir='.length);
    else if (option === '-v' || option === '-version') return { call: pass('version', ['version']), chdir };
    else if (option === '-help' || option === '-h') return { call: pass('help', ['-help']), chdir };
    else
      throw new Refusal(
        `terraform has no global option ${option} that the gate knows`,
        'options stand behind the verb',
      );
  }
  const verb = argv[at];
  const rest = argv.slice(at + 1);
  if (verb === undefined) return { call: pass('help', ['-help']), chdir };
  if (asksForHelp(rest)) return { call: pass('help', [...wordsOf([verb, ...rest]), '-help']), chdir };
  return { call: callOf(verb, rest), chdir };
}

/** Behind `--` terraform takes every word for a name: `apply -- -help` applies the saved plan of that name. */
function asksForHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf('--');
  return (end < 0 ? rest : rest.slice(0, end)).some((argument) => ['-help', '-h'].includes(normal(argument)));
}

/** The verb and its subcommand: nothing else of the call is needed to say what it does. */
function wordsOf(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
  return words.slice(0, Math.min(end < 0 ? words.length : end, 2));
}

function callOf(verb: string, rest: readonly string[]): Call {
  if (verb === 'apply' || verb === 'destroy')
    return { kind: 'gated', command: verb, options: applyOptions(verb, rest) };
  if (verb === 'init') {
    const refused = rest.map(normal).find((argument) => INIT_REFUSED.includes(argument.split('=')[0] ?? ''));
    if (refused !== undefined) {
      throw new Refusal(
        `terraform init with ${refused.split('=')[0]}: backend and providers are those of the judged configuration`,
        'write it into config/<env>.yaml, so that it is judged',
      );
    }
    return { kind: 'init', args: [verb, ...rest] };
  }
  if (verb === 'providers' && rest[0] === 'lock') return { kind: 'lock' };
  const stack = READS.get(verb);
  if (stack !== undefined) return { ...pass(verb, [verb, ...rest]), stack };
  const subcommands = READING_SUBCOMMANDS.get(verb);
  if (subcommands?.includes(rest[0] ?? '')) return pass(verb, [verb, ...rest]);
  const name = subcommands === undefined ? verb : `${verb} ${rest[0] ?? ''}`.trim();
  throw new Refusal(
    `terraform ${name} is not one of the verbs the gate passes on: it would change state or infrastructure with nothing judged`,
    'declare the change and run `npx cdktf deploy`; docs/threat-model.md says what surgery by hand leaves behind',
  );
}

function pass(verb: string, args: readonly string[]): Call & { kind: 'pass' } {
  return { kind: 'pass', verb, args, stack: false };
}

/** terraform takes `--name` for `-name`. */
function normal(argument: string): string {
  return argument.startsWith('--') ? argument.slice(1) : argument;
}

const PARTS = 'a plan of a part is judged as a part, and the rest is left as it is';

/** Options of apply and destroy that are refused by name, with the reason; any other unknown option is refused without one. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['-replace', 'it names one address of this stack, and `lukko keys replace` alone may'],
  ['-target', PARTS],
  ['-exclude', PARTS],
  ['-target-file', PARTS],
  ['-exclude-file', PARTS],
  ['-var', 'the stacks have no variables: every value stands in the configuration that was judged'],
  ['-var-file', 'the stacks have no variables: every value stands in the configuration that was judged'],
  ['-state', 'the state is the one the backend names'],
  ['-state-out', 'the state is the one the backend names'],
  ['-backup', 'the state is the one the backend names'],
  ['-lock', 'two runs at once would judge one state and change another'],
  ['-refresh', 'a plan on remembered state judges what may not be there any more'],
  ['-json', 'the gate prints its findings as text'],
]);

function applyOptions(verb: string, args: readonly string[]): ApplyOptions {
  const plan: string[] = [];
  const apply: string[] = [];
  const replace: string[] = [];
  let autoApprove = false;
  let noColor = false;
  for (const argument of args) {
    const option = normal(argument);
    const name = option.split('=')[0] ?? '';
    if (!option.startsWith('-'))
      throw new Refusal(
        `terraform ${verb} of a saved plan (${option}): the gate applies only the plan it made and judged`,
        `run terraform ${verb} without a plan file`,
      );
    if (['-auto-approve', '-auto-approve=true'].includes(option)) autoApprove = true;
    else if (['-auto-approve=false', '-input=false', '-input=true', '-lock=true', '-refresh=true'].includes(option))
      continue;
    else if (option === '-no-color') noColor = true;
    else if (verb === 'apply' && /^-replace=[\w.-]+$/.test(option)) replace.push(option.slice('-replace='.length));
    else if (option === '-refresh-only' && verb === 'apply') plan.push(option);
    else if (option === '-destroy' && verb === 'apply')
      throw new Refusal('terraform apply -destroy', 'say terraform destroy, or `npx cdktf destroy`');
    else if (/^(-compact-warnings|-lock-timeout=\d+[smh]|-parallelism=\d+)$/.test(option)) {
      plan.push(option);
      apply.push(option);
    } else {
      const why = REFUSED.get(name);
      throw new Refusal(
        `terraform ${verb} with ${name}${why === undefined ? '' : `: ${why}`}`,
        `run terraform ${verb} without ${name}; declare what should change`,
      );
    }
  }
  return { autoApprove, noColor, replace, plan, apply };
}
