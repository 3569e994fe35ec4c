'use strict';
// Runs the program that stands in the comment below: there V8 passes over it, where it would first parse all of it as part of this
// file. Its compiled form may lie in a cache beside this file, made when it was built on this machine. A cache is code: it is used
// only when the digest here names it together with this very program, and V8 refuses one of another version. Without it the program
// is compiled, and does the same. docs/decisions/0010-code-cache.md
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const CACHE_SHA256 = 'none';

// A run is over before most optimised code would pay for its making: V8 waits longer before it optimises a function (what is hot in
// a large plan is optimised all the same), and takes at once the memory it would come to need. Only where the flags were tried: Node 22
// has the second alone, and V8 prints an error for one that it does not know.
if (/^20\./.test(process.versions.node)) setFlagsFromString('--interrupt-budget=2000000');
if (/^2[02]\./.test(process.versions.node)) setFlagsFromString('--semi-space-growth-factor=16');

const file = readFileSync(__filename);
const start = file.indexOf('\n/*\n') + 4;
const program = file.subarray(start, file.indexOf('\n*/\n', start));

function cache() {
  if (CACHE_SHA256 === 'none') return undefined;
  try {
    const data = readFileSync(__filename.replace(/js$/, 'cache'));
    return createHash('sha256').update(program).update(data).digest('hex') === CACHE_SHA256 ? data : undefined;
  } catch {
    return undefined;
  }
}

const script = new Script(
  `(function(exports,require,module,__filename,__dirname){${program.latin1Slice().replaceAll('*%/', '*/')}\n})`,
  {
    filename: __filename,
    lineOffset: file.latin1Slice(0, start).split('\n').length - 1,
    cachedData: cache(),
  },
);
script.runInThisContext().call(exports, exports, require, module, __filename, __dirname);
