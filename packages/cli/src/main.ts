import { fileProblem } from './errors.ts';
import { nodePorts } from './ports/node.ts';
import { run } from './program.ts';

// `lukko rules | head`: who reads less than there is has got what they wanted.
let unwritten = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  // A report that could not be printed is no verdict.
  unwritten = true;
  process.stderr.write(
    `error: standard output cannot be written: ${fileProblem(error)}; write to a file with --output\n`,
  );
  process.exitCode = 2;
});

// Until a verdict is there, there is none: an own rule whose promise never settles must not end as a pass.
process.exitCode = 2;
run(process.argv.slice(2), nodePorts()).then((code) => {
  // Not process.exit: what is still on its way into a pipe would be lost.
  process.exitCode = unwritten ? 2 : code;
});
