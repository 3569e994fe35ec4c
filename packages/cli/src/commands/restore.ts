import path from 'node:path';
import { printable } from '@lukko/policy-engine';
import { InputError } from '../errors.ts';
import { backupsOf } from '../host/backups.ts';
import { environmentFile } from '../host/environment-file.ts';
import { restore } from '../host/restore.ts';
import type { Ports } from '../ports/ports.ts';
import { attempt, safe } from './host.ts';

export interface RestoreOptions {
  readonly from: string;
  readonly host: string;
  readonly password: string;
  readonly identity: string;
  readonly target: string;
  readonly repository?: string;
}

/** `lukko restore`. @returns 0 when every file was restored and compared, 1 when a step failed. */
export function restoreHost(options: RestoreOptions, given: Ports): Promise<number> {
  const ports = safe(given);
  if (!/^[a-z][a-z0-9-]*$/.test(options.from))
    throw new InputError(`--from ${printable(options.from)}: expected the name of an environment, such as example`);
  const { config } = environmentFile(path.join('config', `${options.from}.yaml`), ports);
  if (!Object.hasOwn(config.hosts, options.host))
    throw new InputError(`--host ${printable(options.host)}: expected one of ${Object.keys(config.hosts).join(', ')}`);
  const at = (file: string) => path.resolve(ports.cwd, file);
  for (const file of [options.password, options.identity])
    if (ports.files.kind(at(file)) !== 'file') throw new InputError(`${printable(file)}: no such file`);
  const target = at(options.target);
  if (
    ports.files.kind(target) !== 'none' &&
    (ports.files.kind(target) !== 'directory' || ports.files.list(target).length > 0)
  )
    throw new InputError(
      `${printable(options.target)}: expected an empty directory, since nothing is ever overwritten; name another with --target`,
    );
  return attempt(ports, () => {
    const { base, environment } = backupsOf(config, options.host, ports.environment, options.repository);
    return restore({
      base,
      repository: options.repository,
      target,
      sealed: at(options.password),
      identity: at(options.identity),
      environment,
      now: ports.now,
      say: (line) => ports.out(`${line}\n`),
      kept: at(path.join('state', config.environment.name)),
      from: config.environment.name,
    });
  });
}
