import { parseUnitFile } from '../payload/unit-file.ts';
import type { Payload } from '../types.ts';
import type { HostSetting } from './types.ts';

const CONFIGURATION = /^\/etc\/ssh\/sshd_config(\.d\/[^/]+\.conf)?$/;

/**
 * Ports on which a payload says sshd listens: `Port` and `ListenAddress` of sshd_config(5), each of which counts, `ListenStream` of a drop-in
 * for ssh.socket (systemd.socket(5)), what sed puts into the file of the image, and options of sshd itself. Empty: 22, as nothing says
 * otherwise. A value that is no number is not known.
 */
export function sshPorts({ files, commands }: Payload): readonly HostSetting[] {
  const written = files.flatMap(({ path, text, at }): HostSetting[] => {
    if (CONFIGURATION.test(path))
      return text.marked.split('\n').flatMap((line, index) => {
        const port = portIn(line);
        return port === undefined ? [] : [{ value: port, at, line: index + 1 }];
      });
    if (!/^\/(etc|run)\/systemd\/system\/sshd?\.socket(\.d\/[^/]+\.conf)?$/.test(path)) return [];
    return parseUnitFile(text.marked).flatMap(({ section, key, value, line }) => {
      const port = section === 'Socket' && key === 'ListenStream' ? /(?:^|:)([^:\s/]+)$/.exec(value)?.[1] : undefined;
      return port === undefined ? [] : [{ value: port, at, line }];
    });
  });
  const told = commands.flatMap(({ program, args, at, line }): HostSetting[] => {
    if (program === 'sed' && args.some((arg) => CONFIGURATION.test(arg ?? '')))
      return args.flatMap((arg) => putBySed(arg ?? '').map((value) => ({ value, at, line })));
    if (program !== 'sshd') return [];
    const next = args[args.indexOf('-p') + 1];
    const joined = args.flatMap((arg) => /^-(?:p|oPort=)(\d+)$/.exec(arg ?? '')?.[1] ?? []);
    const ports = args.includes('-p') ? [...joined, next ?? '?'] : joined;
    return ports.map((value) => ({ value, at, line }));
  });
  return written.length + told.length === 0 ? written : [...written, ...told];
}

/** `Port 2222`, `ListenAddress 10.0.0.2:2222`; an address alone moves no port. */
function portIn(line: string): string | undefined {
  return (
    /^\s*Port[\s=]+"?([^\s"#]+)"?\s*(?:#.*)?$/i.exec(line)?.[1] ??
    /^\s*ListenAddress[\s=]+(?:\[[^\]\s]*\]|[^:\s]+):(\d{1,5})\s*$/i.exec(line)?.[1]
  );
}

/** No line of sed is longer; beyond it, what is written is not known. */
const LONGEST_SCRIPT = 4000;

/** What a script of sed writes: the second half of `s/old/new/`, the text of `a`, `i` and `c`. */
function putBySed(script: string): readonly string[] {
  if (script.length > LONGEST_SCRIPT) return ['?'];
  const halves = [...script.matchAll(/s([^\w\s\\])(?:\\.|(?!\1).)*\1((?:\\.|(?!\1).)*)\1/g)].map(
    ([, , half = '']) => half,
  );
  const texts = [...script.matchAll(/(?:^|[$\d/;])[aic]\\?\s*(Port\s[^\n]*)/gi)].map(([, text = '']) => text);
  return [...halves, ...texts].flatMap((text) => portIn(text.replace(/\\[nt]/g, ' ')) ?? []);
}
