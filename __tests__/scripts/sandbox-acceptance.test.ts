import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunningSandbox, startSandbox } from '../../packages/cli/src/sandbox/start.ts';
import { providerVersion, root } from '../../scripts/provider.ts';
import { run } from '../e2e/support.ts';

jest.setTimeout(60_000);

/** A compiled test as `go test -c` makes it, for the runner: it answers to -test.run and looks at its environment. */
const TESTS = `#!/bin/sh
case "$*" in
  *GoesRound*) echo "=== RUN   TestAccGoesRound"; echo "--- PASS: TestAccGoesRound (0.00s)"; exit 0;;
esac
echo "=== RUN   TestAccEnvironment"
if [ "$TF_ACC" = 1 ] && [ -x "$TF_ACC_TERRAFORM_PATH" ] && [ "$HTTPS_PROXY" = http://127.0.0.1:9 ] && [ -z "$https_proxy" ] && [ -f here ]
then echo "--- PASS: TestAccEnvironment (0.00s)"
else echo "    a_test.go:1: wrong environment"; echo "--- FAIL: TestAccEnvironment (0.00s)"
fi
echo "=== RUN   TestAccGoesRound"
echo "    b_test.go:1: proxyconnect tcp: refused"
echo "--- FAIL: TestAccGoesRound (0.00s)"
exit 1
`;

let folder: string;
let sandbox: RunningSandbox;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'lukko-acceptance-test-'));
  for (const each of ['provider/internal/testmux', 'provider/internal/thing', 'binaries', 'bin'])
    mkdirSync(path.join(folder, each), { recursive: true });
  writeFileSync(
    path.join(folder, 'provider/CHANGELOG.md'),
    `# Changelog\n\n## [v${providerVersion()}](a)\n\n## [v1.0.0](b)\n`,
  );
  writeFileSync(path.join(folder, 'provider/internal/thing/here'), '');
  for (const [file, text] of [
    ['binaries/thing.test', TESTS],
    ['binaries/other.test', TESTS],
    ['bin/terraform', '#!/bin/sh\n'],
  ] as const) {
    writeFileSync(path.join(folder, file), text);
    chmodSync(path.join(folder, file), 0o755);
  }
  sandbox = await startSandbox({ projects: ['main'], port: 0, speed: 1, rateLimit: 1000 }, Date.now);
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true });
});

async function runner(args: readonly string[], environment: Readonly<Record<string, string>> = sandbox.environment) {
  const program = [path.join(root, 'node_modules/tsx/dist/cli.mjs'), path.join(root, 'scripts/sandbox-acceptance.ts')];
  const PATH = `${path.join(folder, 'bin')}:${process.env.PATH}`;
  const env = {
    PATH,
    HOME: folder,
    https_proxy: 'http://192.0.2.1:1',
    ...environment,
  };
  const { code, text } = await run(process.execPath, [...program, ...args], {
    cwd: root,
    env,
  });
  return { code, text: text.replaceAll(folder, '<folder>') };
}

const inFolder = (...names: readonly string[]) => names.map((name) => path.join(folder, name));

test('runs compiled tests in their folders, away from the network, and counts what became of them', async () => {
  const [provider = '', binaries = ''] = inFolder('provider', 'binaries');
  const table = readFileSync(path.join(root, 'packages/sandbox/spec/zz_acceptance.json'), 'utf8');
  const args = ['--provider', provider, '--binaries', binaries, '--only', 'thing'];
  expect(await runner(args)).toMatchInlineSnapshot(`
    {
      "code": 0,
      "text": "passed        TestAccEnvironment
    not reachable TestAccGoesRound: its client ignores HETZNER_ENDPOINT and calls api.hetzner.com: reached with --intercept only
    {"passed":1,"passedIntercepted":0,"failed":0,"notReachable":1}
    ",
    }
  `);
  // Through the interception only what needs it is run again.
  expect(
    await runner(args, {
      ...sandbox.environment,
      HTTPS_PROXY: 'http://127.0.0.1:1',
    }),
  ).toMatchInlineSnapshot(`
    {
      "code": 0,
      "text": "passed        TestAccEnvironment
    passed        TestAccGoesRound
    {"passed":1,"passedIntercepted":1,"failed":0,"notReachable":0}
    ",
    }
  `);
  expect(readFileSync(path.join(root, 'packages/sandbox/spec/zz_acceptance.json'), 'utf8')).toBe(table);
});

test.each([
  ['no folder', [], sandboxed],
  ['an unknown option', ['--nonsense'], sandboxed],
  ['a folder that is none', ['--provider', '/nowhere'], sandboxed],
  ['no sandbox', ['--provider', 'provider'], () => ({})],
  ['another endpoint', ['--provider', 'provider'], () => ({ HCLOUD_ENDPOINT: 'https://api.example/v1' })],
])('%s ends with 2 and a way on', async (_, args, environment) => {
  const { code, text } = await runner(
    args.map((each) => (each === 'provider' ? path.join(folder, each) : each)),
    environment(),
  );
  expect(code).toBe(2);
  expect(text.split('\n')[0]).toMatchSnapshot();
});

function sandboxed() {
  return sandbox.environment;
}
