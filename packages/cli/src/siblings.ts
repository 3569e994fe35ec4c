import { isPlanFile, type RootInput, readPlanFile } from '@lukko/terraform-model';
import { InputError } from './errors.ts';
import { find } from './find.ts';
import { decode, displayName, fromHere, readBytes } from './input-file.ts';
import type { Ports } from './ports/ports.ts';

/**
 * The stacks beside the one a plan was made from, as seen from the folder terraform ran in: its firewall stands in one, its
 * addresses in another.
 * @param directory the cdktf.out that holds them all
 * @param source the binary plan; the stack whose bytes it was made from is the one that is left out
 * @throws InputError when the plan was made from none of these stacks: another synthesis says nothing about this plan.
 */
export async function siblingsIn(directory: string, source: string | undefined, ports: Ports): Promise<RootInput[]> {
  if (source === undefined) {
    throw new InputError('--siblings: goes with --source: only the binary plan tells which stack it was made from');
  }
  const name = displayName(fromHere(directory, ports.cwd), ports.cwd);
  const found = await find(directory, ports);
  if (found.kind !== 'cdktf.out') throw new InputError(`${name}: expected the cdktf.out the plan belongs to`);
  const path = fromHere(source, ports.cwd);
  const file = displayName(path, ports.cwd);
  const bytes = readBytes(path, file, ports.files);
  const planned = isPlanFile(bytes) ? readPlanFile(bytes, file).source?.files[0]?.text : undefined;
  const stacks = found.stacks.map(({ stack, file: at, bytes: text }) => ({ stack, text: decode(text, at) }));
  if (!stacks.some(({ text }) => text === planned)) {
    throw new InputError(`${name}: ${file} was made from none of these stacks; synthesise and plan again`);
  }
  return stacks
    .filter(({ text }) => text !== planned)
    .map(({ stack, text }) => ({ kind: 'synth', files: [{ file: `../${stack}/cdk.tf.json`, text }] }));
}
