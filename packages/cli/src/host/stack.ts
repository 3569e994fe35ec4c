import path from 'node:path';
import { InputError } from '../errors.ts';
import { CONFIGURATION, readBytes } from '../gate/folder.ts';
import { isRecord, recordAt, textAt } from './json.ts';

/** A synthesised stack, as far as the verbs on hosts read it. */
export interface HostStack {
  readonly name: string;
  /** The folder with `cdk.tf.json`. */
  readonly folder: string;
  readonly environment: string;
  /** `state/<environment>` beside the output folder: what is kept when cdktf.out is thrown away. */
  readonly kept: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** A server that a stack declares, with the payload that rebuilds it. */
export interface DeclaredServer {
  /** Its name at Hetzner. */
  readonly name: string;
  readonly image: string;
  readonly address: string;
  /** The payload before Terraform rendered it. */
  readonly template: string;
}

/**
 * Finds a stack as terraform or a person calls for it: in its own folder, where terraform runs provisioners, or below
 * `cdktf.out` of this folder.
 * @throws InputError when there is none, or it is not one of ours.
 */
export function readHostStack(name: string, cwd: string, output = 'cdktf.out'): HostStack {
  const below = path.resolve(cwd, output, 'stacks', name);
  const folder = path.basename(cwd) === name && readBytes(path.join(cwd, CONFIGURATION)) !== undefined ? cwd : below;
  const bytes = readBytes(path.join(folder, CONFIGURATION));
  if (bytes === undefined)
    throw new InputError(
      `stack ${name} is not synthesised: ${path.relative(cwd, path.join(folder, CONFIGURATION))} is missing; run \`npx cdktf synth\` at the root, and this there too`,
    );
  const document: unknown = JSON.parse(bytes.toString('utf8'));
  const environment = textAt(document, 'output', 'lukko_environment', 'value');
  if (!isRecord(document) || environment === undefined || !/^[a-z][a-z0-9-]*$/.test(environment))
    throw new InputError(`stack ${name} does not say which environment it belongs to; run \`npx cdktf synth\` again`);
  const root = path.resolve(folder, '..', '..', '..');
  return { name, folder, environment, kept: path.join(root, 'state', environment), document };
}

/** The server of a stack that has this name at Hetzner, with what `lukko host rebuild` beside it holds as payload. */
export function declaredServer(stack: HostStack, name: string): DeclaredServer | undefined {
  const servers = recordAt(stack.document, 'resource', 'hcloud_server');
  const [key] = Object.entries(servers).find(([, server]) => textAt(server, 'name') === name) ?? [];
  if (key === undefined) return undefined;
  const image = textAt(servers[key], 'image');
  const address = `hcloud_server.${key}`;
  const template = Object.values(recordAt(stack.document, 'resource', 'terraform_data'))
    .filter((data) => JSON.stringify(data).includes(`lukko host rebuild --server \${${address}.id}`))
    .map((data) => textAt(data, 'input'))
    .find((input) => input !== undefined);
  if (image === undefined || template === undefined) return undefined;
  return { name, image, address, template };
}

/** Names of the servers a stack declares. */
export function serverNames({ document }: HostStack): readonly string[] {
  return Object.values(recordAt(document, 'resource', 'hcloud_server')).flatMap(
    (server) => textAt(server, 'name') ?? [],
  );
}
