import { stringify } from 'yaml';
import { unpackScript } from './unpack-script.ts';
import { withoutComments } from './without-comments.ts';

/** A file that cloud-init writes before it installs packages. */
export interface CloudFile {
  readonly path: string;
  readonly content: string;
  readonly permissions?: string;
  /** Whether it stands in the payload as it is, to be read in a plan; all others are packed into one script that writes them. */
  readonly plain?: boolean;
}

/**
 * The part of cloud-config that payloads use; https://cloudinit.readthedocs.io/en/latest/reference/modules.html.
 * Everything in it is constant: references stand in `host.env` alone.
 */
export interface CloudConfig {
  readonly hostname: string;
  readonly fqdn: string;
  readonly apt: { readonly mirror: string; readonly security: string };
  readonly packages: readonly string[];
  readonly files: readonly CloudFile[];
  readonly bootcmd: readonly (readonly string[])[];
  readonly runcmd: readonly (readonly string[])[];
}

/** A text in which a Terraform reference may stand, kept apart from constants so that only it stays unescaped. */
export interface ReferenceFile {
  readonly path: string;
  /** Lines `KEY=value`; the values may hold Terraform references. */
  readonly content: string;
}

/** Bytes a payload may have. Hetzner takes 32 KiB; the rest is kept for ids that are longer than their references. */
export const LARGEST_PAYLOAD = 24 * 1024;

/**
 * The text of `user_data`: constants escaped for Terraform, the one file of references as it is.
 *
 * @throws when the text is larger than {@link LARGEST_PAYLOAD}; the message names the largest files.
 */
export function printCloudConfig(config: CloudConfig, references?: ReferenceFile): string {
  const packed = config.files
    .filter(({ plain }) => plain !== true)
    .map((file) => ({ ...file, content: withoutComments(file.path, file.content) }));
  const bundle = packed.length === 0 ? [] : [unpackScript(packed)];
  const document = {
    hostname: config.hostname,
    fqdn: config.fqdn,
    prefer_fqdn_over_hostname: true,
    preserve_hostname: false,
    ssh_pwauth: false,
    disable_root: false,
    apt: {
      preserve_sources_list: false,
      primary: [{ arches: ['default'], uri: config.apt.mirror }],
      security: [{ arches: ['default'], uri: config.apt.security }],
    },
    package_update: true,
    package_upgrade: true,
    packages: config.packages,
    write_files: [...config.files.filter(({ plain }) => plain === true), ...bundle].map(written),
    bootcmd: config.bootcmd,
    runcmd: [...bundle.map(({ path }) => [path]), ...config.runcmd],
  };
  const constant = escaped(document) as typeof document;
  if (references !== undefined) constant.write_files = [written(references), ...constant.write_files];
  // Every column counts: indentation alone would be a fifth of the text.
  const text = `#cloud-config\n${stringify(constant, { lineWidth: 0, indent: 1, indentSeq: false })}`;
  refuseLarge(config, text);
  return text;
}

/** As cloud-init takes it: a file is root's and has mode 0644 unless it says otherwise. */
function written({ path, content, permissions, encoding }: CloudFile & { encoding?: string }): Record<string, string> {
  const mode = permissions === undefined ? {} : { permissions };
  return { path, ...mode, ...(encoding === undefined ? {} : { encoding }), content };
}

/** Terraform reads `${` and `%{` in any text as a template; doubled they are the characters themselves. */
export function escapeForTerraform(text: string): string {
  return text.replaceAll('${', () => '$${').replaceAll('%{', '%%{');
}

function escaped(value: unknown): unknown {
  if (typeof value === 'string') return escapeForTerraform(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, escaped(entry)]));
}

function refuseLarge(config: CloudConfig, text: string): void {
  const size = Buffer.byteLength(text);
  if (size <= LARGEST_PAYLOAD) return;
  const largest = [...config.files].sort((a, b) => b.content.length - a.content.length).slice(0, 3);
  const names = largest.map((file) => `${file.path} (${Buffer.byteLength(file.content)} bytes)`).join(', ');
  throw new Error(
    `The payload of ${config.fqdn} has ${size} bytes, expected at most ${LARGEST_PAYLOAD}: Hetzner takes 32 KiB of user_data. Its largest files: ${names}. Shorten one below stacks/payload/.`,
  );
}
