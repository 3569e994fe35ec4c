import { spawn } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from '../../../../packages/cli/src/evidence/read-bundle.ts';
import { writeDirectory } from '../../../../packages/cli/src/ports/directory.ts';
import { nodeFiles } from '../../../../packages/cli/src/ports/node.ts';
import {
  bundle,
  bundledFile,
  signAsDemo,
  signatureFile,
  verifyBundle,
} from '../../../../packages/evidence/src/index.ts';
import { meta } from '../../evidence/integrity/bundles.ts';
import { directoryWith } from '../fake-ports.ts';

const root = join(__dirname, '../../../..');

function made(name: string): Map<string, string> {
  const content = new Map([...Array(40)].map((_, index) => [`tables/${index}.csv`, `${name}\r\n`.repeat(400)]));
  const listed = [...content].map(([path, text]) => bundledFile(path, text));
  const { files, sums } = bundle(listed, meta, undefined, true);
  return new Map([...content, ...files, [signatureFile, signAsDemo(sums)]]);
}

const intact = (directory: string) =>
  verifyBundle({
    entries: entriesOf(directory),
    read: (path) => nodeFiles.read(join(directory, path)),
    asOf: '2026-11-21',
  }).findings.map(({ code }) => code);

/** Writes over and over again until it is killed. */
const writer = (directory: string) => `
  const { writeDirectory } = require(${JSON.stringify(join(root, 'packages/cli/src/ports/directory.ts'))});
  const content = new Map(JSON.parse(process.env.CONTENT ?? '[]'));
  process.stdout.write('begun');
  for (;;) writeDirectory(${JSON.stringify(directory)}, content);
`;

test('killed at any moment, an export leaves an older one whole, and the next one works', async () => {
  const parent = directoryWith({});
  const directory = join(parent, 'out');
  const content = made('old');
  writeDirectory(directory, content);
  for (let round = 0; round < 5; round += 1) {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', writer(directory)], {
      cwd: root,
      env: { ...process.env, CONTENT: JSON.stringify([...content]) },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', reject);
    });
    await new Promise((resolve) => setTimeout(resolve, 7 * round));
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    // Between two renames it lies beside, complete.
    const aside = join(parent, '.out.previous');
    if (!existsSync(directory)) renameSync(aside, directory);
    expect(intact(directory)).toEqual(['demo-signer']);
  }
  writeDirectory(directory, made('new'));
  expect(intact(directory)).toEqual(['demo-signer']);
}, 60_000);
