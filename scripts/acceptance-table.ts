/** What became of one acceptance test of the provider. */
export interface Outcome {
  readonly package: string;
  readonly test: string;
  readonly outcome: 'passed' | 'failed' | 'not reachable';
  /** Why it failed or cannot be reached; absent for what passed. */
  readonly reason?: string;
  /** It fails at Hetzner too: the API went on after the test was written. */
  readonly everywhere?: true;
  /** It was run with `lukko sandbox run --intercept`, since its client goes round the endpoint. */
  readonly intercepted?: true;
}

const GOES_ROUND = 'its client ignores HETZNER_ENDPOINT and calls api.hetzner.com: reached with --intercept only';

/** Whether a test could be reached by interception. */
export const goesRound = ({ reason }: Outcome): boolean => reason === GOES_ROUND;

type Sign = readonly [sign: RegExp, reason: (found: RegExpExecArray) => string];

/** Why no sandbox could let a test pass, by what its output says. */
const UNREACHABLE: readonly Sign[] = [
  [
    /hetznercloud\/hcloud v?([\d.]+)|version constraints? ([\d.]+)|given constraints?:? ([\d.]+)/i,
    (found) => {
      const version = found.slice(1).find((each) => each !== undefined);
      return `installs version ${version} of the provider from the public registry`;
    },
  ],
  [/proxyconnect|api\.hetzner\.com/, () => GOES_ROUND],
];

/** What the API of today answers otherwise than when the test was written, and the sandbox with it. */
const EVERYWHERE: readonly Sign[] = [
  [/deprecated_api_endpoint/, () => 'reads data centers: 410 since 2026-10-01 (docs.hetzner.cloud/changelog)'],
  [
    /expected value server for StringExact check, got: unassigned|was cty\.StringVal\("server"\), but now\s+cty\.StringVal\("unassigned"\)/,
    () =>
      'expects assignee_type "server" of an address nobody has: "unassigned" since 2026-08-01 (docs.hetzner.cloud/changelog)',
  ],
];

/** Tests that are not started, by their package. */
const LEFT_OUT: Readonly<Record<string, readonly (readonly [test: string, reason: string])[]>> = {
  server: [
    [
      'TestAccServerResource_PrivateNetworkBastion',
      'logs in to its servers by SSH, for up to five minutes: nothing runs on servers of the sandbox',
    ],
  ],
};

/** What `go test` is told to leave out. */
export const leftOut = (name: string): string => `^(${(LEFT_OUT[name] ?? []).map(([test]) => test).join('|')})$`;

/**
 * The outcomes in what `go test -v` printed for one package. A test that the package began and did not end failed.
 */
export function readOutcomes(name: string, text: string): readonly Outcome[] {
  const lines = text.split('\n');
  const begun = lines.flatMap((line) => /^=== RUN {3}(TestAcc\w+)$/.exec(line)?.[1] ?? []);
  const notStarted = (LEFT_OUT[name] ?? []).map(
    ([test, reason]): Outcome => ({ package: name, test, outcome: 'not reachable', reason }),
  );
  return [...begun.map((test) => outcomeOf(name, test, lines)), ...(begun.length === 0 ? [] : notStarted)];
}

function outcomeOf(name: string, test: string, lines: readonly string[]): Outcome {
  const sign = new RegExp(`^--- (PASS|FAIL|SKIP): ${test} \\(`);
  const result = lines.flatMap((line) => sign.exec(line)?.[1] ?? [])[0];
  if (result === 'PASS') return { package: name, test, outcome: 'passed' };
  const output = outputOf(lines, test);
  if (result === 'SKIP') return { package: name, test, outcome: 'not reachable', reason: skipReason(output) };
  const unreachable = reasonIn(output, UNREACHABLE);
  if (unreachable !== undefined) return { package: name, test, outcome: 'not reachable', reason: unreachable };
  const known = reasonIn(output, EVERYWHERE);
  if (known !== undefined) return { package: name, test, outcome: 'failed', reason: known, everywhere: true };
  return { package: name, test, outcome: 'failed', reason: failure(output) };
}

function reasonIn(output: string, signs: readonly Sign[]): string | undefined {
  for (const [sign, reason] of signs) {
    const found = sign.exec(output);
    if (found !== null) return reason(found);
  }
  return undefined;
}

/** What one test printed, by the lines that say whose turn it is. */
function outputOf(lines: readonly string[], test: string): string {
  let whose: string | undefined;
  const own: string[] = [];
  for (const line of lines) {
    const [, named] = /^(?:=== (?:RUN|CONT|NAME|PAUSE)|--- (?:PASS|FAIL|SKIP):) +(\w+)/.exec(line) ?? [];
    if (named !== undefined) whose = named;
    else if (whose === test) own.push(line);
  }
  return own.join('\n');
}

const skipReason = (output: string): string =>
  `skips itself: ${/^\s*\S+\.go:\d+: (\S.*)$/m.exec(output)?.[1] ?? 'without a reason'}`;

function failure(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^[\s│]*/, '').trim())
    .filter((line) => line !== '');
  const at = lines.findIndex((line) => line.startsWith('Error: '));
  return (lines[at] ?? lines[0] ?? 'no output').slice(0, 200);
}

export type Counts = Readonly<Record<'passed' | 'passedIntercepted' | 'failed' | 'notReachable', number>>;

/** The data that docs/sandbox.md shows: sorted, with nothing of the machine or the moment it was made on. */
export function table(
  outcomes: readonly Outcome[],
  version: string,
): { readonly text: string; readonly counts: Counts } {
  const count = (test: (each: Outcome) => boolean) => outcomes.filter(test).length;
  const counts: Counts = {
    passed: count(({ outcome, intercepted }) => outcome === 'passed' && intercepted === undefined),
    passedIntercepted: count(({ outcome, intercepted }) => outcome === 'passed' && intercepted === true),
    failed: count(({ outcome }) => outcome === 'failed'),
    notReachable: count(({ outcome }) => outcome === 'not reachable'),
  };
  const sorted = [...outcomes].sort((a, b) => compare(`${a.package} ${a.test}`, `${b.package} ${b.test}`));
  const about = {
    generated: 'by npm run sandbox:acceptance; do not edit',
    provider: `hetznercloud/terraform-provider-hcloud v${version}`,
  };
  const rows = sorted.map((each) => `  ${JSON.stringify(each)}`).join(',\n');
  const head = `"about":${JSON.stringify(about)},\n"counts":${JSON.stringify(counts)}`;
  return { text: `{${head},\n"tests":[\n${rows}\n]}\n`, counts };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
