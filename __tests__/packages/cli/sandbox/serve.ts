import { startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';

/* What `lukko sandbox --log <file> --port <port>` does, without the rest of the command: a process that starts quickly, to be killed. */
const [log = '', port = '0'] = process.argv.slice(2);
startSandbox(
  { projects: ['main'], port: Number(port), speed: 500, rateLimit: 1_000_000, log, seed: 'x' },
  Date.now,
).then(({ environment }) => process.stdout.write(`${JSON.stringify(environment)}\n`));
