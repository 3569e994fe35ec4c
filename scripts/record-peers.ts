import { join } from 'node:path';
import { type Peer, record, versionOf } from '../__tests__/examples/peers.ts';
import { nodeFiles } from '../packages/cli/src/ports/node.ts';

/*
 * `npx tsx scripts/record-peers.ts` records what Conftest and Checkov say about the examples, for where they are not installed:
 * `go install github.com/open-policy-agent/conftest@v0.71.1`, `pip install checkov`. One that is not on the PATH is left as it was.
 */
const folder = join(__dirname, '../__tests__/fixtures/peers');

for (const peer of ['conftest', 'checkov'] satisfies Peer[]) {
  const version = versionOf(peer);
  if (version === undefined) process.stdout.write(`${peer} is not on the PATH: its record stays\n`);
  else nodeFiles.write(join(folder, `${peer}.json`), `${JSON.stringify(record(peer, version), null, 2)}\n`);
}
