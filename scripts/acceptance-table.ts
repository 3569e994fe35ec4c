/** What became of one acceptance test of the provider. */
export interface Outcome {
  readonly package: string;
  readonly test: string;
  readonly outcome: 'passed' | 'failed' | 'not reachable';
  /** Why it failed or cannot be reached; absent for what passed. */
  readonly reason?: string;
}

/** Why no sandbox could let a test pass, by what its output says. */
const UNREACHABLE: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [
    /matching version constraint ([\d.]+)|match the given constraints?:? ([\d.]+)|hetznercloud\/hcloud v?([\d.]+)/i,
    (found) =>
      `installs version ${found.slice(1).find((each) => each !== undefined)} of the provider from the public registry`,
  ],
  [
    /proxyconnect|api\.hetzner\.com/,
    () => 'its client ignores HETZNER_ENDPOINT and calls api.hetzner.com: reached with --intercept only',
  ],
];

/**
 * The outcomes in what `go test -v` printed for one package. A test that the package began and did not end failed.
 */
export function readOutcomes(name: string, text: string): readonly Outcome[] {
  const lines = text.split('\n');
  const begun = lines.flatMap((line) => /^=== RUN {3}(TestAcc\w+)$/.exec(line)?.[1] ?? []);
  return begun.map((test) => {
    const result = lines.flatMap((line) => new RegExp(`^--- (PASS|FAIL|SKIP): ${test} \\(`).exec(line)?.[1] ?? [])[0];
    if (result === 'PASS') return { package: name, test, outcome: 'passed' };
    const output = outputOf(lines, test);
    if (result === 'SKIP') return { package: name, test, outcome: 'not reachable', reason: skipReason(output) };
    const reason = UNREACHABLE.map(([sign, say]) => {
      const found = sign.exec(output);
      return found === null ? undefined : say(found);
    }).find((each) => each !== undefined);
    if (reason !== undefined) return { package: name, test, outcome: 'not reachable', reason };
    return { package: name, test, outcome: 'failed', reason: failure(output) };
  });
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
  `skips itself: ${(/^\s*\S+\.go:\d+: (.*)$/m.exec(output)?.[1] ?? 'without a reason').replace(/^Skipping /, '')}`;

function failure(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^[\s│]*/, '').trim())
    .filter((line) => line !== '');
  const at = lines.findIndex((line) => line.startsWith('Error: '));
  return (lines[at] ?? lines[0] ?? 'no output').slice(0, 200);
}

/** The data that docs/sandbox.md shows: sorted, with nothing of the machine or the moment it was made on. */
export function table(
  outcomes: readonly Outcome[],
  version: string,
): { readonly text: string; readonly counts: Readonly<Record<'passed' | 'failed' | 'unreachable', number>> } {
  const count = (wanted: Outcome['outcome']) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  const counts = { passed: count('passed'), failed: count('failed'), unreachable: count('not reachable') };
  const sorted = [...outcomes].sort((a, b) => compare(`${a.package} ${a.test}`, `${b.package} ${b.test}`));
  const about = {
    generated: 'by npm run sandbox:acceptance; do not edit',
    provider: `hetznercloud/terraform-provider-hcloud v${version}`,
  };
  const rows = sorted.map((each) => `  ${JSON.stringify(each)}`).join(',\n');
  return {
    text: `{"about":${JSON.stringify(about)},\n"counts":${JSON.stringify(counts)},\n"tests":[\n${rows}\n]}\n`,
    counts,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
