import { existsSync } from 'node:fs';
import path from 'node:path';
import { build, copyRepository, environment, run } from './support.ts';

jest.setTimeout(120_000);

let copy: ReturnType<typeof copyRepository>;
beforeAll(() => build());
beforeEach(() => {
  copy = copyRepository();
});
afterEach(() => copy.remove());

const start = (extra: Record<string, string> = {}) =>
  run(process.execPath, ['--import', 'tsx', 'scripts/start.ts'], { cwd: copy.root, env: environment(extra) });

describe('npm start', () => {
  test('goes the whole way without terraform, and shows nothing but results in a pipe', async () => {
    const { code, text } = await start({ LUKKO_TERRAFORM: '/no/such/terraform' });
    expect(text.split('\n').filter((line) => /^\[\d\/\d\]/.test(line))).toMatchSnapshot();
    expect(text).toContain('pass eu-sovereign');
    expect(text).toContain('Refused with exit code 1, as it should be.');
    for (const rule of [
      'providers-reach-allowed-jurisdictions',
      'state-backend-in-allowed-jurisdiction',
      'images-from-allowed-registries',
      'locations-in-eu',
    ])
      expect(text).toContain(`error[${rule}]`);
    expect(text).toContain('Left out: neither terraform nor tofu is on PATH.');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours and redrawn lines are what must not be there
    expect(text).not.toMatch(/[\u001b\r]/);
    expect(code).toBe(0);
    expect(existsSync(path.join(copy.root, 'evidence-out/report.html'))).toBe(true);
  });

  test('stops with exit 1 when the example does not pass', async () => {
    copy.edit('config/example.yaml', (text) => text.replace('live: hel1', 'live: ash'));
    const { code, text } = await start({ LUKKO_TERRAFORM: '/no/such/terraform' });
    expect(text).toContain('error[locations-in-eu]');
    expect(text).toContain('npm start stopped at step 1 of 5');
    expect(code).toBe(1);
    expect(existsSync(path.join(copy.root, 'evidence-out'))).toBe(false);
  });
});
