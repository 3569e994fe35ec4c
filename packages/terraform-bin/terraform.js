#!/usr/bin/env node
// The plan gate stands before the real terraform: `npx cdktf deploy` finds this file first. The code is packages/cli/src/gate.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const gate = join(__dirname, '..', 'cli', 'dist', 'terraform-gate.js');
if (!existsSync(gate)) {
  process.stderr.write(
    'lukko: refused: the plan gate is not built (packages/cli/dist/terraform-gate.js is missing), so nothing can be judged\n' +
      '  = fix: run `npm run build`\n',
  );
  process.exit(1);
}
require(gate);
