import type { Command } from 'commander';
import type { Ports } from '../ports/ports.ts';
import type { ObserveOptions } from './observe.ts';

/** Adds `lukko observe` to the program. What it needs is loaded when it runs. */
export function observeCommand(program: Command, ports: Ports, done: (code: number) => void): void {
  program
    .command('observe')
    .description('look at running systems with read-only eyes, and keep what was seen in a chained store')
    .option('--targets <file>', 'what to look at', 'observe.yaml')
    .option('--store <file>', 'where observations accumulate', 'observations.jsonl')
    .option('--only <collector>', 'this collector alone; may be given again', collect, [])
    .option('--log <file>', 'log of this tool (default: state/lukko-log.jsonl beside lukko.yaml)')
    .action(async (options: ObserveOptions) => {
      const { observe } = await import('./observe.ts');
      done(await observe(options, ports));
    });
}

const collect = (value: string, others: readonly string[]): readonly string[] => [...others, value];
