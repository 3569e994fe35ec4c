'use strict';
// node warm.cjs <bundle> <cache> <arguments as JSON>: runs the program of a bundle as its own loader does, once for each list of arguments,
// and writes the compiled form of every function that ran. Standard output of the program is thrown away.
const { writeFileSync } = require('node:fs');
const vm = require('node:vm');

const [bundle, cache, runs] = process.argv.slice(2);
const lists = JSON.parse(runs);
const compiled = [];

// The loader itself compiles, so that flags and options are those of a run; it is only watched.
const { Script } = vm;
vm.Script = class extends Script {
  constructor(...options) {
    super(...options);
    compiled.push(this);
  }
};

process.stdout.write = () => true;
process.stderr.write = () => true;

function run() {
  const given = lists.shift();
  if (given === undefined) return;
  process.argv = [process.argv[0], bundle, ...given];
  const [script] = compiled;
  const module = { exports: {} };
  if (script === undefined) require(bundle);
  else script.runInThisContext()(module.exports, require, module, bundle, '');
}

process.on('beforeExit', () => {
  if (process.exitCode === 2) process.exit(2);
  if (lists.length > 0) run();
});
process.on('exit', (code) => {
  if (code === 2) return;
  writeFileSync(cache, compiled[0].createCachedData());
  process.exitCode = 0;
});
run();
