import { parseUnitFile } from '../payload/unit-file.ts';
import type { Payload } from '../types.ts';
import type { HostSetting } from './types.ts';

/**
 * Ports on which a payload says sshd listens: `Port` and `ListenAddress` of sshd_config(5), each of which counts, and `ListenStream` of a drop-in
 * for ssh.socket (systemd.socket(5)). Empty: 22, as nothing says otherwise.
 */
export function sshPorts({ files }: Payload): readonly HostSetting[] {
  return files.flatMap(({ path, text, at }): HostSetting[] => {
    if (/^\/etc\/ssh\/sshd_config(\.d\/[^/]+\.conf)?$/.test(path))
      return text.marked.split('\n').flatMap((line, index) => {
        const port =
          /^\s*Port[\s=]+(\d{1,5})\s*$/i.exec(line)?.[1] ??
          /^\s*ListenAddress[\s=]+(?:\[[^\]\s]*\]|[^:\s]+):(\d{1,5})\s*$/i.exec(line)?.[1];
        return port === undefined ? [] : [{ value: port, at, line: index + 1 }];
      });
    if (!/^\/etc\/systemd\/system\/sshd?\.socket(\.d\/[^/]+\.conf)?$/.test(path)) return [];
    return parseUnitFile(text.marked).flatMap(({ section, key, value, line }) => {
      const port = section === 'Socket' && key === 'ListenStream' ? /(?:^|:)(\d{1,5})$/.exec(value)?.[1] : undefined;
      return port === undefined ? [] : [{ value: port, at, line }];
    });
  });
}
