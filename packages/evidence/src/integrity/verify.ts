import { type Manifest, manifest as manifestFormat } from '@lukko/formats';
import { sha256 } from '../canonical.ts';
import { LookedAt } from '../observe/looked-at.ts';
import { beginning, type Head, type Link, type StoreProblem, verifyLine } from '../store/chain.ts';
import { manifestFile } from './bundle.ts';
import { historyFile, readHistory } from './history.ts';
import { checkSignature, demoNamespace } from './ssh-signature.ts';
import { readSums, type Sum, signatureFile, sorted, sumsFile } from './sums.ts';

/** Names of the reasons are stable: programs may rely on them. */
export type VerifyCode =
  | 'not-a-bundle'
  | 'half-written'
  | 'unreadable'
  | 'file-changed'
  | 'file-missing'
  | 'file-added'
  | 'files-swapped'
  | 'list-reordered'
  | 'not-a-plain-file'
  | 'manifest-contradicts'
  | 'signature-missing'
  | 'signature-wrong'
  | 'wrong-key'
  | 'wrong-purpose'
  | 'history-broken'
  | 'previous-mismatch'
  | 'store-rewritten'
  | 'observation-expired'
  | StoreProblem['code']
  | 'signer-unknown'
  | 'demo-signer';

export interface VerifyFinding {
  readonly code: VerifyCode;
  readonly message: string;
}

export interface VerifyInput {
  /** Everything below the directory that is no directory, with forward slashes. */
  readonly entries: readonly { readonly path: string; readonly plain: boolean }[];
  /** @throws when it cannot be read */
  readonly read: (path: string) => Uint8Array;
  /** Fingerprint that reached the reader by another way. */
  readonly signer?: string;
  /** SHA256SUMS of the export before, where it is at hand. */
  readonly previous?: string;
  /** Digest of the last record of its store, by its manifest. */
  readonly previousHead?: string;
  /** Instant up to which observations must last. */
  readonly asOf: string;
}

export interface Verification {
  /** 0 good, 1 forged or expired, 2 unusable, 3 intact but the signer is not known. */
  readonly exit: 0 | 1 | 2 | 3;
  readonly findings: readonly VerifyFinding[];
  readonly files: number;
  /** Who signed, where the signature is one of the list. */
  readonly fingerprint: string | undefined;
}

const unusable: readonly VerifyCode[] = ['not-a-bundle', 'half-written', 'unreadable'];
const unknown: readonly VerifyCode[] = ['signer-unknown', 'demo-signer'];

/** Checks a bundle: what it holds, what was signed, by whom, and whether what it rests on still lasts. */
export function verifyBundle(input: VerifyInput): Verification {
  const findings: VerifyFinding[] = [];
  const say = (code: VerifyCode, message: string) => findings.push({ code, message });
  let fingerprint: string | undefined;
  const text = textOf(input, sumsFile);
  if (text === undefined)
    say(
      'not-a-bundle',
      `expected ${sumsFile}, found none; name the directory that \`lukko evidence export\` wrote, with all its files`,
    );
  else {
    fingerprint = checkSigner(input, text, say);
    const sums = readSums(text);
    if ('problem' in sums)
      say(
        input.entries.some(({ path }) => path === signatureFile) ? 'unreadable' : 'half-written',
        `${sumsFile}:${sums.line}: ${sums.problem}; get the bundle again`,
      );
    else {
      const bytes = checkFiles(input, sums, say);
      const manifest = checkManifest(input, sums, bytes, say);
      checkStore(bytes.get('observations.jsonl'), manifest, input, say);
    }
  }
  return { exit: exitOf(findings), findings, files: input.entries.length, fingerprint };
}

type Say = (code: VerifyCode, message: string) => void;

function exitOf(findings: readonly VerifyFinding[]): Verification['exit'] {
  if (findings.some(({ code }) => unusable.includes(code))) return 2;
  if (findings.some(({ code }) => !unknown.includes(code))) return 1;
  return findings.length === 0 ? 0 : 3;
}

function textOf(input: VerifyInput, path: string): string | undefined {
  if (!input.entries.some((entry) => entry.path === path && entry.plain)) return undefined;
  try {
    return Buffer.from(input.read(path)).toString('utf8');
  } catch {
    return undefined;
  }
}

function checkSigner(input: VerifyInput, sums: string, say: Say): string | undefined {
  const armoured = textOf(input, signatureFile);
  if (armoured === undefined) {
    say('signature-missing', `expected ${signatureFile}, found none: nobody vouches for these files`);
    return undefined;
  }
  const signed = checkSignature(armoured, sums);
  if ('problem' in signed) {
    say('signature-wrong', `${signatureFile}: ${signed.problem}`);
    return undefined;
  }
  const { fingerprint, namespace } = signed;
  if (namespace === demoNamespace)
    say('demo-signer', `signed by ${fingerprint}, a throw-away key: it is a demonstration, for which nobody vouches`);
  else if (namespace !== 'lukko-evidence')
    say('wrong-purpose', `the signature was made for ${JSON.stringify(namespace)}, not for a bundle of evidence`);
  else if (input.signer === undefined)
    say(
      'signer-unknown',
      `intact as far as it goes, signer unknown: it is signed by ${fingerprint}; compare that with the fingerprint you were given by another way, and name it with --signer`,
    );
  else if (input.signer !== fingerprint)
    say('wrong-key', `expected the key ${input.signer}, found ${fingerprint}: somebody else signed this`);
  return fingerprint;
}

/** @returns the bytes of the few files that are read again */
function checkFiles(input: VerifyInput, sums: readonly Sum[], say: Say): ReadonlyMap<string, Uint8Array> {
  const kept = new Map<string, Uint8Array>();
  const present = new Map(input.entries.map(({ path, plain }) => [path, plain]));
  const listed = new Set<string>([sumsFile, signatureFile]);
  const changed: (Sum & { readonly found: string })[] = [];
  const inOrder = sorted(sums);
  if (sums.some((sum, index) => sum !== inOrder[index]))
    say('list-reordered', `${sumsFile} is not in the order in which it was written`);
  for (const sum of sums) {
    listed.add(sum.path);
    const plain = present.get(sum.path);
    if (plain === undefined) say('file-missing', `${sum.path}: listed, but missing`);
    else if (!plain) say('not-a-plain-file', `${sum.path}: expected a file, found a link or something else`);
    else {
      try {
        const bytes = input.read(sum.path);
        if ([manifestFile, historyFile, 'observations.jsonl'].includes(sum.path)) kept.set(sum.path, bytes);
        const found = sha256(bytes);
        if (found !== sum.sha256) changed.push({ ...sum, found });
      } catch (error) {
        say('unreadable', `${sum.path}: cannot be read: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  for (const one of changed) {
    const other = changed.find((candidate) => candidate !== one && candidate.sha256 === one.found);
    if (other === undefined) say('file-changed', `${one.path}: was changed after it was signed`);
    else say('files-swapped', `${one.path}: holds what ${other.path} should hold`);
  }
  for (const { path } of input.entries)
    if (!listed.has(path)) say('file-added', `${path}: is not listed: it was added after the bundle was signed`);
  return kept;
}

function checkManifest(
  input: VerifyInput,
  sums: readonly Sum[],
  bytes: ReadonlyMap<string, Uint8Array>,
  say: Say,
): Manifest | undefined {
  const raw = bytes.get(manifestFile);
  if (raw === undefined) {
    if (!sums.some(({ path }) => path === manifestFile))
      say('not-a-bundle', `${sumsFile} lists no ${manifestFile}; name the directory that lukko wrote`);
    return undefined;
  }
  const manifest = manifestOf(raw);
  if (manifest === undefined) {
    say('manifest-contradicts', `${manifestFile}: is not a manifest`);
    return undefined;
  }
  const listed = new Map(sums.map(({ path, sha256: digest }) => [path, digest]));
  const differs = manifest.files.find(({ path, sha256: digest }) => listed.get(path) !== digest);
  if (differs !== undefined || manifest.files.length !== sums.length - 1)
    say(
      'manifest-contradicts',
      `${manifestFile} and ${sumsFile} do not list the same: ${differs?.path ?? 'their number'}`,
    );
  checkHistory(manifest, bytes.get(historyFile), input.previous, say);
  const { firstExpiry } = manifest;
  // Where the observations themselves are at hand, each is named.
  if (firstExpiry !== undefined && firstExpiry <= input.asOf && !bytes.has('observations.jsonl'))
    say(
      'observation-expired',
      `what it rests on expired on ${firstExpiry}, by its own statement; observe again and export again`,
    );
  return manifest;
}

function manifestOf(raw: Uint8Array): Manifest | undefined {
  try {
    const parsed = manifestFormat.safeParse(JSON.parse(Buffer.from(raw).toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function checkHistory(manifest: Manifest, raw: Uint8Array | undefined, previous: string | undefined, say: Say) {
  if (manifest.previous !== null || raw !== undefined) {
    const history = readHistory(Buffer.from(raw ?? '').toString('utf8'));
    if ('problem' in history) say('history-broken', `${historyFile}: ${history.problem}`);
    else {
      const last = history.at(-1);
      if (
        history.length !== manifest.sequence ||
        last?.digest !== manifest.previous?.history ||
        last?.sums !== manifest.previous?.sums
      )
        say('history-broken', `${historyFile} does not end in the export that ${manifestFile} continues`);
    }
  }
  if (previous === undefined) return;
  if (manifest.previous?.sums !== sha256(previous))
    say(
      'previous-mismatch',
      manifest.previous === null
        ? 'this is the first of a chain, and does not continue the export that was named with --previous'
        : `it continues the export of ${manifest.previous.asOf}, which is not the one that was named with --previous`,
    );
}

/** The chain of observations, and whether the newest of each subject that is still looked at lasts. */
function checkStore(
  raw: Uint8Array | undefined,
  manifest: Manifest | undefined,
  { asOf, previousHead }: VerifyInput,
  say: Say,
): void {
  const rewritten = () =>
    say(
      'store-rewritten',
      `the store of the export before ended in record ${previousHead}, which this one does not hold: what was observed until then was taken out or written anew`,
    );
  if (raw === undefined) {
    // Other profiles withhold the store; their manifest still binds them to it.
    if (previousHead !== undefined && manifest?.profile === 'auditor') rewritten();
    return;
  }
  let head: Head = beginning;
  let continues = previousHead === undefined;
  const newest = new Map<string, Pick<Link, 'id' | 'subject' | 'value'> & { readonly expires: string }>();
  const lookedAt = new LookedAt();
  const text = Buffer.from(raw).toString('utf8');
  const lines = text.split('\n');
  if (lines.pop() !== '') say('store-half-line', 'observations.jsonl: its last line has no end');
  for (const [index, line] of lines.entries()) {
    const record = verifyLine(line, head, index + 1);
    if ('code' in record) {
      say(record.code, `observations.jsonl:${record.line}: ${record.message}`);
      return;
    }
    head = record.head;
    continues ||= head.digest === previousHead;
    lookedAt.add(record.value);
    if (record.expires !== undefined) newest.set(record.key, { ...record, expires: record.expires });
  }
  if (!continues) rewritten();
  if (manifest?.storeHead !== undefined && manifest.storeHead !== head.digest)
    say('manifest-contradicts', `observations.jsonl does not end in the record that ${manifestFile} names`);
  const noLonger = lookedAt.question();
  const expired = [...newest.values()].filter(({ expires, value }) => expires <= asOf && noLonger(value) === undefined);
  for (const { id, subject, expires } of expired.slice(0, 20))
    say('observation-expired', `observation ${id} of ${subject} expired on ${expires}; observe again and export again`);
  if (expired.length > 20) say('observation-expired', `and ${expired.length - 20} more expired`);
}
