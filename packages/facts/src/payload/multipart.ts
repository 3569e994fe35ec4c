import { gunzipSync } from 'node:zlib';
import { hasHole, LONGEST_TEXT } from './marked.ts';
import { at, itemsOf, readYaml, textOf, YamlError } from './yaml-tree.ts';

/** One part of user_data: what cloud-init takes it for, and its text. */
export interface Part {
  /** `text/cloud-config`, `text/x-shellscript`, …, in lower case. */
  readonly type: string;
  readonly text: string;
  /** Which one, from 1. */
  readonly number: number;
}

export interface Parts {
  readonly parts: readonly Part[];
  readonly unread: readonly string[];
}

const MOST_PARTS = 100;

/** By its first line, as cloud-init tells parts that do not say what they are (cloudinit.handlers, INCLUSION_TYPES_MAP). */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^#cloud-config-archive\b/i, 'text/cloud-config-archive'],
  [/^#cloud-config-jsonp\b/i, 'text/cloud-config-jsonp'],
  [/^#cloud-config\b/i, 'text/cloud-config'],
  [/^#cloud-boothook\b/i, 'text/cloud-boothook'],
  [/^#include-once\b/i, 'text/x-include-once-url'],
  [/^#include\b/i, 'text/x-include-url'],
  [/^#part-handler\b/i, 'text/part-handler'],
  [/^## template: *jinja/i, 'text/jinja2'],
  [/^#!/, 'text/x-shellscript'],
];

/** What cloud-init takes a text for by its first line; undefined when it starts like nothing it knows. */
export function formOf(text: string): string | undefined {
  const start = text.trimStart();
  return FORMS.find(([form]) => form.test(start))?.[1];
}

/** Whether user_data is a MIME message of several parts (cloud-init, user-data formats). */
export function isMultipart(text: string): boolean {
  return /^\s*(content-type:|mime-version:)/i.test(text) && /^content-type:\s*multipart\//im.test(text.slice(0, 4096));
}

/**
 * The parts of a MIME message (RFC 2046, §5.1): each with its type, transfer encoding undone (base64, quoted-printable; gzipped or not). A
 * message inside a message is not followed.
 */
export function partsOf(message: string): Parts {
  const { headers, body } = headed(message.trimStart());
  const boundary = /boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(headers.get('content-type') ?? '');
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return { parts: [], unread: ['a message of several parts without boundary'] };
  const [, ...sections] = `\n${body}`.split(`\n--${mark}`);
  const parts: Part[] = [];
  const unread: string[] = [];
  for (const [index, section] of sections.entries()) {
    if (section.startsWith('--')) break;
    if (index >= MOST_PARTS) {
      unread.push(`more than ${MOST_PARTS} parts`);
      break;
    }
    const part = partOf(section.replace(/^[ \t]*\r?\n/, ''), index + 1);
    if (typeof part === 'string') unread.push(`part ${index + 1}: ${part}`);
    else parts.push(part);
  }
  if (parts.length + unread.length === 0) unread.push('a message without parts');
  return { parts, unread };
}

/** `#cloud-config-archive`: a list of parts in YAML. */
export function archived(text: string): Parts {
  let items: ReturnType<typeof itemsOf>;
  try {
    items = itemsOf(readYaml(text));
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { parts: [], unread: [`YAML not understood: ${error.message}`] };
  }
  const parts = items.slice(0, MOST_PARTS).map((item, index): Part => {
    const content = textOf(item) ?? textOf(at(item, 'content')) ?? '';
    const type = textOf(at(item, 'type'))?.toLowerCase() ?? formOf(content) ?? 'text/plain';
    return { type, text: content, number: index + 1 };
  });
  return { parts, unread: items.length > MOST_PARTS ? [`more than ${MOST_PARTS} parts`] : [] };
}

function headed(text: string): { headers: Map<string, string>; body: string } {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => line.trim() === '');
  const headers = new Map<string, string>();
  let name = '';
  for (const line of lines.slice(0, end < 0 ? lines.length : end)) {
    const found = /^([A-Za-z-]+):\s*(.*?)\r?$/.exec(line);
    if (found?.[1] !== undefined) {
      name = found[1].toLowerCase();
      headers.set(name, found[2] ?? '');
    } else if (name !== '') {
      headers.set(name, `${headers.get(name) ?? ''} ${line.trim()}`);
    }
  }
  return { headers, body: end < 0 ? '' : lines.slice(end + 1).join('\n') };
}

function partOf(section: string, number: number): Part | string {
  // A part without headers begins with an empty line.
  const { headers, body } =
    section.startsWith('\n') || section.startsWith('\r\n')
      ? { headers: new Map<string, string>(), body: section.replace(/^\r?\n/, '') }
      : headed(section);
  const declared = (headers.get('content-type') ?? 'text/plain').split(';')[0]?.trim().toLowerCase() ?? '';
  if (declared.startsWith('multipart/')) return 'a message inside a message is not followed';
  const text = transferred(body, (headers.get('content-transfer-encoding') ?? '7bit').trim().toLowerCase());
  if (text === undefined) return 'its transfer encoding is not understood';
  // cloud-init looks at the text itself where the type says nothing.
  const plain = /^(text\/plain|text\/x-not-multipart|application\/octet-stream|application\/(x-)?gzip)$/.test(declared);
  return { type: plain ? (formOf(text) ?? declared) : declared, text, number };
}

function transferred(body: string, encoding: string): string | undefined {
  if (encoding === 'base64') return hasHole(body) ? undefined : fromBase64(body);
  if (encoding === 'quoted-printable') {
    const bytes = body
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.byteLength(body) !== body.length ? undefined : readable(Buffer.from(bytes, 'latin1'));
  }
  return /^(7bit|8bit|binary)$/.test(encoding) ? body : undefined;
}

function fromBase64(text: string): string | undefined {
  const packed = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined;
  const bytes = Buffer.from(packed, 'base64');
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return readable(bytes);
  try {
    return readable(gunzipSync(bytes, { maxOutputLength: LONGEST_TEXT }));
  } catch {
    return undefined;
  }
}

function readable(bytes: Uint8Array): string | undefined {
  if (bytes.length > LONGEST_TEXT) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/[\uE000-\uE01F]/g, '\uFFFD');
  } catch {
    return undefined;
  }
}
