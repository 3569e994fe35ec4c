import type { Reason } from '@lukko/terraform-model';
import type { Payload, Statement } from '../types.ts';
import { absent } from './absent.ts';

const CLAIM = 'memory is not swapped to a disk';

/** Packages whose service sets up a swap file once they are installed: https://packages.debian.org/stable/dphys-swapfile, https://packages.debian.org/stable/swapspace */
const MAKES_SWAP: ReadonlySet<string> = new Set(['dphys-swapfile', 'swapspace']);
const HETZNERS = /^(debian|ubuntu|fedora|centos-stream|rocky|alma|opensuse)-/;

/** swapon(8) by a command, a swap file of cloud-init, a `.swap` unit, a line of fstab, a package that makes a swap file by itself; Hetzner's images bring none. */
export function swapOf(payload: Payload, whole: boolean): Statement {
  const commands = payload.commands.flatMap((command): Reason[] => {
    if (command.program !== 'swapon') return [];
    const valued = /^(-p|--priority|-o|--options)$/;
    const on = command.args.filter(
      (arg, index) => arg === undefined || (!arg.startsWith('-') && !valued.test(command.args[index - 1] ?? '')),
    );
    // In memory itself, compressed: https://docs.kernel.org/admin-guide/blockdev/zram.html
    const memory = on.length > 0 && on.every((arg) => arg !== undefined && /^\/dev\/zram\d+$/.test(arg));
    return memory
      ? []
      : [{ at: `${command.at}:${command.line}`, saw: `swapon ${on.map((arg) => arg ?? '…').join(' ')}`.trim() }];
  });
  const tables = payload.files
    .filter(({ path }) => path === '/etc/fstab')
    .flatMap(({ text, at }) =>
      text.marked.split('\n').flatMap((line, index): Reason[] => {
        const [device = '', , type] = line.trim().split(/\s+/);
        return type === 'swap' && !device.startsWith('#') && !/^\/dev\/zram/.test(device)
          ? [{ at: `${at}:${index + 1}`, saw: `swap on ${device}` }]
          : [];
      }),
    );
  const units = payload.units
    .filter(({ name, started }) => name.endsWith('.swap') && started)
    .map(({ name, file }): Reason => ({ at: file.at, saw: name }));
  const packages = payload.packages
    .filter((name) => MAKES_SWAP.has(name))
    .map((name): Reason => ({ at: `${payload.attr.at}:packages`, saw: `package ${name}, which makes a swap file` }));
  const found = [...commands, ...tables, ...units, ...packages];
  if (found.length > 0) return { claim: CLAIM, is: false, because: found };
  const nothing = absent(CLAIM, payload, whole, 'nothing turns swap on', true);
  const image = payload.server.attr('image');
  // Only an image of Hetzner's is known to bring none; a snapshot holds what somebody put there.
  if (nothing.is !== true || HETZNERS.test(image.text ?? '')) return nothing;
  const saw = 'an image that is not shown to have no swap';
  return { claim: CLAIM, is: 'unknown', because: [...nothing.because, { at: image.at, saw, causes: ['outside'] }] };
}
