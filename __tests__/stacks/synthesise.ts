/** Writes the stacks of the example below a folder: what identity.test.ts runs twice. */
import { App } from 'cdktf';
import { buildStacks } from '../../stacks/index.ts';
import { shipped } from './built.ts';

const app = new App({ outdir: process.argv[2] ?? 'cdktf.out' });
buildStacks(app, shipped('example.yaml'), { at: (path) => ({ file: 'config/example.yaml', line: path.length }) });
app.synth();
