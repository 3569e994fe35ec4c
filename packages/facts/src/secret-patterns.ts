import { byText, LINES } from './memo.ts';

/** One thing that looks like a secret in a text. Its text is never handed on. */
export interface Sighting {
  readonly kind: string;
  readonly line: number;
}

/** Secrets recognised by their own form, wherever they stand. */
const FORMS: readonly (readonly [string, RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ['age identity', /\bAGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}\b/i],
  ['AWS access key', /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/],
  ['JSON web token', /\beyJ[A-Za-z0-9_-]{8,512}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{16,}/],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b/],
  ['GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/],
  ['Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ['OpenAI key', /\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}/],
  ['Stripe key', /\b[rs]k_live_[A-Za-z0-9]{16,}/],
  ['Google API key', /\bAIza[A-Za-z0-9_-]{35}\b/],
  // crypt(5): whoever has it can guess at leisure, and users.passwd takes it in the place of the password.
  ['password hash', /\$(?:1|5|6|7|y|gy|2[abxy])\$[./A-Za-z0-9$=,]{20,}/],
  ['OpenSSH private key', /\bb3BlbnNzaC1rZXktdjE[A-Za-z0-9+/]{20,}/],
];

/** A URL with a password, or a token in the place of the user: `postgres://app:pass@host`. A DSN's public key alone is not one. */
const CREDENTIALS = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/?#@"'<>]{0,128}:([^\s:/?#@"'<>]{1,256})@/gi;

/** Names whose literal value is a secret. `_FILE` and `_PATH` only say where it lies; public parts and digests are none. */
const SECRET_NAME =
  /(^|[_.-])(password|passwd|passphrase|pass|pgpwd|pwd|secret|secret_?key|private_?key|api_?key|apikey|access_?key|auth_?key|token|credentials?|mac_?key|hmac|client_?secret|signing_?key|encryption_?key|luks_?key|disk_?key|volume_?key|master_?key|psk|tsig_?key)$/i;
const NOT_SECRET =
  /(^|[_.-])(public|pub|file|path|name|id|ref|arn|url|type|length|rotation|version|ttl|policy|enabled|digest|thumbprint|fingerprint|hash|sha256)([_.-]|$)/i;

/** Values that stand for a secret without being one. */
const STAND_IN =
  /^(|true|false|null|none|yes|no|trust|peer|scram-sha-256|md5|sha256|changeme-?not|\*+|x+|\$\{?[A-Za-z_]\w*\}?|\$\(.*\)|\{\{.*\}\}|\{\$?[\w./-]+\}|%[a-z]|<[^>]*>|(~|\.{1,2})?\/[\w./-]+|file:\/\/.*|env:.*|vault:.*)$/i;

/** Whether a name says its value is a secret: `admin_password`, `SECRET_KEY`, `hcloud_token`. */
export const isSecretName = byText((name: string): boolean => {
  const plain = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return SECRET_NAME.test(plain) && !NOT_SECRET.test(plain);
});

/**
 * Whether a literal is likely the secret itself. Public keys, recipients, thumbprints, digests, ciphertext and text with a hole
 * (its value comes from elsewhere) are none.
 */
export function isSecretValue(text: string): boolean {
  const value = text.trim();
  if (STAND_IN.test(value) || /[\uE000-\uE01F]/.test(value) || value.length < 4) return false;
  return !/^(ssh-(ed25519|rsa)|ecdsa-sha2-|sk-ssh-|age1[02-9ac-hj-np-z]{20,}|-----BEGIN (CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY|PGP MESSAGE|AGE ENCRYPTED FILE)|sha(256|512):|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.)/.test(
    value,
  );
}

/** What every form has in it, so that most texts are read once. */
const ANY_FORM =
  /-----BEGIN|AGE-SECRET-KEY|AKIA|ASIA|eyJ|gh[pousr]_|github_pat_|glpat-|xox|sk-|k_live_|AIza|b3BlbnNza|\$(?:[1-9y]|gy|2[abxy])\$|:\/\//i;
const ANY_NAME = /pass|secret|key|token|credential|hmac|psk/i;

/** Secrets a line shows by their form, one per kind. */
const byForm = (line: string): readonly string[] => {
  if (!ANY_FORM.test(line)) return NONE;
  const found = FORMS.flatMap(([kind, form]) => (form.test(line) ? [kind] : []));
  if (!line.includes('://')) return found;
  for (const match of line.matchAll(CREDENTIALS))
    if (isSecretValue(decoded(match[1] ?? ''))) found.push('password in a URL');
  return found;
};

const NONE: readonly string[] = [];

/** The sightings in each line of a text. Hosts share most of their lines, so each is judged once. */
function byLine(lines: readonly string[], kindsOf: (line: string) => readonly string[]): Sighting[] {
  const found: Sighting[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const kinds = line.length < SHORTEST ? NONE : kindsOf(line);
    if (kinds !== NONE) for (const kind of kinds) found.push({ kind, line: index + 1 });
  }
  return found;
}

/** Secrets recognised by form, line by line; one sighting per kind and line. */
export function secretsByForm(text: string): Sighting[] {
  return ANY_FORM.test(text) ? byLine(text.split('\n'), byForm) : [];
}

/** Secrets of a configuration file or script: by form, by the name beside them, handed over by a command, set for a user. */
export function secretsInFile(text: string): Sighting[] {
  return [...byLine(text.split('\n'), inScript), ...passwordsSet(text)];
}

/** No shorter text is a secret with what says that it is one: a name of three letters, `=`, and four more. */
export const SHORTEST = 8;

const inScript = byText((line): readonly string[] => {
  const kinds = [...byForm(line), ...byName(line), ...given(line)];
  return kinds.length === 0 ? NONE : kinds;
}, LINES);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `NAME=value`, `name: value`, `"name": "value"` with a name that says secret and a literal value. */
const PAIR =
  /(?:^|[\s,{;(])-{0,2}["']?([A-Za-z][A-Za-z0-9_.-]{1,63})["']?\s*(?:=|:)\s*("(?:[^"\\]|\\.){0,512}"|'[^']{0,512}'|[^\s,;#}]{1,512})/g;

const byName = (line: string): readonly string[] => {
  if (!ANY_NAME.test(line) || line.length > 20_000 || /^\s*(#|;|\/\/)/.test(line)) return NONE;
  const found: string[] = [];
  PAIR.lastIndex = 0;
  // Not matchAll, which copies the expression for each line.
  for (let match = PAIR.exec(line); match !== null; match = PAIR.exec(line)) {
    const name = match[1] ?? '';
    const value = (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2');
    if (isSecretName(name) && isSecretValue(value) && !/[$`]/.test(value)) found.push(`literal ${name.toLowerCase()}`);
  }
  return found;
};

/** Secrets recognised by the name beside them, in configuration files and scripts; comments are left out. */
export function secretsByName(text: string): Sighting[] {
  return ANY_NAME.test(text) ? byLine(text.split('\n'), byName) : [];
}

/** Forms in which programs are given a password: chpasswd's `user:password`, an option and the next word, `curl -u`. */
const GIVEN: readonly (readonly [string, RegExp])[] = [
  [
    'password for chpasswd',
    /\becho\s+(?:-n\s+)?["']?[a-z_][a-z0-9_-]{0,31}:([^\s"'|]{4,256})["']?\s*\|\s*(?:sudo\s+)?chpasswd/,
  ],
  ['password for passwd', /\becho\s+(?:-n\s+)?["']?([^\s"'|$]{4,256})["']?\s*\|\s*(?:sudo\s+)?passwd\b/],
  [
    'passphrase of a disk',
    /\b(?:echo|printf)\s+(?:-n\s+|'%s'\s+)?["']?([^\s"'|$]{4,256})["']?\s*\|\s*(?:sudo\s+)?cryptsetup\b/,
  ],
  ['password in a command', /\s--?(?:password|passwd|passphrase|token|api-?key)\s+["']?([^\s"'$-][^\s"']{3,255})/i],
  ['password in a command', /\bcurl\b.*\s(?:-u|--user)[= ]?["']?[^\s"':]+:([^\s"'$]{4,256})/],
  ['password in a header', /\bAuthorization:\s*Basic\s+([A-Za-z0-9+/]{8,512}={0,2})/i],
];

/** `chpasswd.list` of a cloud-config: lines of `user:password`, where `R` and `RANDOM` ask for a new one. */
const CHPASSWD = /^chpasswd:[ \t]*\n(?:[ \t]+.*\n){0,20}?[ \t]+list:[ \t]*\|?-?[ \t]*\n((?:[ \t]+.*(?:\n|$)){1,100})/m;

/** Passwords that a cloud-config sets by name of the user. */
export function passwordsSet(text: string): Sighting[] {
  const found = CHPASSWD.exec(text);
  if (found?.[1] === undefined) return [];
  const first = text.slice(0, found.index + found[0].length - found[1].length).split('\n').length;
  return found[1].split('\n').flatMap((line, index): Sighting[] => {
    const value = /^\s+(?:-\s+)?["']?[a-z_][a-z0-9_-]*:([^\s"']+)/.exec(line)?.[1];
    const literal = value !== undefined && !/^(R|RANDOM)$/.test(value) && isSecretValue(value);
    return literal ? [{ kind: 'password for chpasswd', line: first + index }] : [];
  });
}

/** A word that every form of GIVEN has in it. */
const ANY_GIVEN = /passw|passphrase|token|api-?key|cryptsetup|curl|authorization/i;

/** Secrets that a command line or a header hands over. */
const given = (line: string): readonly string[] => {
  if (line.length > 20_000 || !ANY_GIVEN.test(line) || /^\s*#/.test(line)) return NONE;
  return GIVEN.flatMap(([kind, form]) => {
    const value = form.exec(line)?.[1];
    return value !== undefined && isSecretValue(value) && !/[$`]/.test(value) ? [kind] : [];
  });
};

/** Hetzner's API tokens are 64 letters and digits; only a name says that such a text is one. */
export function isHetznerToken(name: string, text: string): boolean {
  return /token/i.test(name) && !NOT_SECRET.test(name) && /^[A-Za-z0-9]{64}$/.test(text);
}
