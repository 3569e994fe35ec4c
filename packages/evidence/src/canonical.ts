import { createHash } from 'node:crypto';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, no white space, numbers as ECMAScript prints them. Absent fields
 * are left out. Depth is that of our own formats.
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  const record = value as { readonly [key: string]: Json | undefined };
  const fields: string[] = [];
  for (const key of Object.keys(record).sort())
    if (record[key] !== undefined) fields.push(`${JSON.stringify(key)}:${canonical(record[key])}`);
  return `{${fields.join(',')}}`;
}

/** SHA-256 in lower-case hexadecimal digits. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** 64 zeros: what stands where there is nothing before. */
export const nothing = '0'.repeat(64);

/** Namespace of every UUID made here (RFC 9562, section 5.5): itself version 5 of the name `lukko.evidence` in the DNS namespace. */
const namespace = uuidIn('6ba7b8109dad11d180b400c04fd430c8', 'lukko.evidence').replaceAll('-', '');

/** UUID version 5: the same parts give the same id, on every machine. */
export function uuid(...parts: readonly string[]): string {
  return uuidIn(namespace, parts.join('\0'));
}

function uuidIn(space: string, name: string): string {
  const bytes = createHash('sha1').update(Buffer.from(space, 'hex')).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
