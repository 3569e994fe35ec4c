import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import {
  type Bundle,
  type BundledFile,
  bundle,
  bundleNamespace,
  type ClaimsInput,
  collectEvidence,
  EvidenceError,
  evidenceJson,
  type Observed,
  observedAt,
  type Previous,
  provePayloads,
  reportedPayloads,
  type Store,
  sha256,
  signAsDemo,
  signatureFile,
  withoutRole,
  withPayloadChecks,
  writeContent,
} from '@lukko/evidence';
import { type EvidenceExport, type EvidenceProfile, type Obligation, obligations, parseFile } from '@lukko/formats';
import { type PolicySource, printable } from '@lukko/policy-engine';
import { fileProblem, InputError } from '../errors.ts';
import { type ClaimsFiles, readClaims } from '../evidence/claims-files.ts';
import { gather } from '../evidence/gather.ts';
import { instantOf } from '../evidence/instant.ts';
import { publicRoots } from '../evidence/public-roots.ts';
import { ownedPaths, readPrevious } from '../evidence/read-bundle.ts';
import { signWithKey } from '../evidence/sign.ts';
import { readStoreFile } from '../evidence/store-file.ts';
import { logAct, readyToLog } from '../evidence/tool-log.ts';
import { displayName, fromHere, readText } from '../input-file.ts';
import { type PolicyOptions, policyAt } from '../policy-files.ts';
import { beginDirectory, type FreshDirectory } from '../ports/directory.ts';
import type { Ports } from '../ports/ports.ts';

export interface EvidenceOptions extends PolicyOptions {
  readonly control: string;
  readonly source?: string;
  readonly out: string;
  readonly asOf?: string;
  readonly since?: string;
  readonly profile: EvidenceProfile;
  readonly previous?: string;
  readonly key?: string;
  readonly observations?: string;
  readonly log?: string;
}

/**
 * Joins what is declared, planned and observed with what is claimed, and writes one signed bundle, whole or not at all.
 * @returns 0. @throws InputError and its like for exit 2; then nothing was written.
 */
export async function exportEvidence(
  paths: readonly string[],
  options: EvidenceOptions,
  ports: Ports,
): Promise<number> {
  const now = instantOf('--as-of', undefined, ports.now());
  const asOf = options.asOf === undefined ? now : instantOf('--as-of', options.asOf, ports.now());
  const since = options.since === undefined ? undefined : instantOf('--since', options.since, ports.now());
  if (since !== undefined && since > asOf)
    throw new InputError(`--since: ${since} is after ${asOf}; name an earlier one`);
  readyToLog(options.log, ports);
  const directory = directoryOf(options.out, ports);
  const name = displayName(directory, ports.cwd);
  const policy = await policyAt(options, ports);
  const gathered = await gather(paths, options.source, policy, asOf, ports);
  const previous =
    options.previous === undefined
      ? undefined
      : readPrevious(fromHere(options.previous, ports.cwd), options.previous, ports.files, asOf);
  const store = storeAt(options.observations, ports);
  continues(store, previous, options);
  const observed = withPayloadChecks(observedAt(store, asOf, publicRoots(), now), gathered.payloads);
  const claims = claimsOf(policy, ports);
  const payloads = provePayloads(gathered.payloads, reportedPayloads(observed));
  const evidence = collect({
    selection: options.control,
    reports: gathered.reports,
    rules: policy.rules,
    environments: gathered.environments,
    asOf,
    profile: options.profile,
    observed,
    obligations: obligationsOf(gathered.environments, ports),
    resources: gathered.resources,
    payloads,
    undeclared: withoutRole({ services: policy.services, facts: gathered.facts }),
    ...(since === undefined ? {} : { since }),
    ...(claims === undefined ? {} : { claims: claimsInput(claims, policy) }),
    ...(store.head.sequence < 0 ? {} : { storeHead: store.head.digest }),
  });
  const kind = kindOf(evidence, observed);
  const fresh = beginExport(directory, name);
  let made: Bundle;
  try {
    const content = writeContent(
      {
        evidence,
        facts: gathered.facts,
        services: policy.services,
        payloads,
        store,
        ...(claims === undefined
          ? {}
          : { claims: claims.claims.value, held: claimsInput(claims, policy), documents: claims.documents }),
      },
      fresh.write,
    );
    made = bundle(
      content,
      {
        asOf,
        ...(since === undefined ? {} : { since }),
        tool: `lukko ${evidence.tool.version}`,
        selection: evidence.selection,
        profile: evidence.profile,
        environments: evidence.environments.map((one) => one.name),
        observations: kind,
        whole: wholeOf(evidence, content),
        ...(store.head.sequence < 0 ? {} : { storeHead: store.head.digest }),
        ...(observed.firstExpiry === undefined ? {} : { firstExpiry: observed.firstExpiry }),
      },
      previous,
      options.key === undefined,
    );
    for (const [path, text] of made.files) fresh.write(path, [text]);
    fresh.write(signatureFile, [
      made.namespace !== bundleNamespace || options.key === undefined
        ? signAsDemo(made.sums)
        : signWithKey(made.sums, keyAt(options.key, ports), made.namespace),
    ]);
    fresh.finish(ownedPaths(directory, ports.files));
  } catch (error) {
    fresh.abandon();
    if (error instanceof InputError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw notWritten(name, error);
  }
  logAct(options.log, { act: 'evidence-exported', about: sha256(made.sums) }, ports);
  ports.out(summary(evidence, name, made.sums.split('\n').length + 1));
  ports.err(`${pastNote(asOf, now)}${signatureNote(kind, options.key)}`);
  return 0;
}

function beginExport(directory: string, name: string): FreshDirectory {
  try {
    return beginDirectory(directory);
  } catch (error) {
    throw notWritten(name, error);
  }
}

function notWritten(name: string, error: unknown): InputError {
  return new InputError(
    `${name}: the export cannot be written: ${fileProblem(error)}; name another directory with --out`,
  );
}

/** Digest of what the auditor's profile would hold: it binds every profile to the whole. */
function wholeOf(evidence: EvidenceExport, content: readonly BundledFile[]): string {
  const written = content.find(({ path }) => path === 'evidence.json');
  if (evidence.profile === 'auditor' && written !== undefined) return written.sha256;
  const hash = createHash('sha256');
  for (const piece of evidenceJson({ ...evidence, profile: 'auditor' })) hash.update(piece);
  return hash.digest('hex');
}

/** @throws InputError for a place that cannot be replaced as a whole */
function directoryOf(out: string, { cwd }: Ports): string {
  const directory = fromHere(out, cwd);
  if (basename(directory) === '' || dirname(directory) === directory)
    throw new InputError(
      `--out: expected a directory that this export may replace as a whole, found the root of the file system; name one below it, such as ${join(out, 'evidence-out')}`,
    );
  return directory;
}

function keyAt(option: string, ports: Ports): string {
  const path = fromHere(option, ports.cwd);
  if (ports.files.kind(path) !== 'file')
    throw new InputError(`--key: ${displayName(path, ports.cwd)}: no such file; name a private key of OpenSSH`);
  return path;
}

/** What is observed decides; an environment that is disposable shows no real system either. */
function kindOf({ environments }: EvidenceExport, observed: Observed): Observed['kind'] {
  return environments.some((one) => one.class === 'disposable') ? 'sandbox' : observed.kind;
}

function storeAt(option: string | undefined, ports: Ports): Store {
  const path = fromHere(option ?? 'observations.jsonl', ports.cwd);
  const name = displayName(path, ports.cwd);
  if (option !== undefined && ports.files.kind(path) !== 'file')
    throw new InputError(`--observations: ${name}: no such file; \`lukko observe\` writes it`);
  return readStoreFile(path, name);
}

/** @throws InputError when what the export before rests on is not in the store: a chain is no chain over other observations */
function continues({ records }: Store, previous: Previous | undefined, options: EvidenceOptions): void {
  const head = previous?.storeHead;
  if (head === undefined || records.some(({ digest }) => digest === head)) return;
  throw new InputError(
    `--previous: ${options.previous}: its observations end in record ${head.slice(0, 12)}, which ${options.observations ?? 'observations.jsonl'} does not hold; name the store it was made from with --observations, or leave --previous out and begin another chain`,
  );
}

function claimsOf(policy: PolicySource, ports: Ports): ClaimsFiles | undefined {
  if (policy.claims === undefined) return undefined;
  return readClaims(fromHere(policy.claims.file, ports.cwd), policy.claims.text, ports);
}

function claimsInput({ claims, attestations }: ClaimsFiles, { approvers }: PolicySource): ClaimsInput {
  return { claims: claims.value, attestations, signers: approvers };
}

/** The ledgers of the environments that were exported, where the gates wrote one. */
function obligationsOf(environments: EvidenceExport['environments'], ports: Ports): readonly Obligation[] {
  return environments.flatMap((environment) => {
    const path = join(ports.cwd, 'state', environment.name, 'obligations.json');
    if (ports.files.kind(path) !== 'file') return [];
    const name = displayName(path, ports.cwd);
    return parseFile(obligations, readText(path, name, ports.files), name).value.obligations;
  });
}

function collect(collection: Parameters<typeof collectEvidence>[0]): EvidenceExport {
  try {
    return collectEvidence(collection);
  } catch (error) {
    if (error instanceof EvidenceError) throw new InputError(error.message);
    throw error;
  }
}

/** There is no configuration of then: what is at hand now is judged, whatever the instant. */
function pastNote(asOf: string, now: string): string {
  return asOf < now
    ? `note: --as-of ${asOf} is past: observations, waivers and statements are counted to it, configuration and plans are judged as they lie here now\n`
    : '';
}

function signatureNote(kind: Observed['kind'], key: string | undefined): string {
  if (kind === 'sandbox') {
    const instead = key === undefined ? '' : ', and not with the key that was named';
    return `note: not everything in it is of a real system, so it is signed as a demonstration with a throw-away key${instead}\n`;
  }
  if (key === undefined) return 'note: signed with a throw-away key; name yours with --key\n';
  return '';
}

function summary(
  { standard, selection, environments: all, asOf, totals, findings }: EvidenceExport,
  directory: string,
  files: number,
): string {
  const where = all.map((one) => (one.class === undefined ? one.name : `${one.name} (${one.class})`)).join(', ');
  const states = Object.entries(totals.states)
    .filter(([, number]) => number > 0)
    .map(([state, number]) => `${number} ${state.replaceAll('-', ' ')}`);
  return [
    `Evidence for ${standard}${selection === 'A.8' ? '' : `, control ${selection}`}${where === '' ? '' : `, ${printable(where)}`}, as of ${asOf}`,
    `  ${states.join(', ')}; ${totals.observed} of ${totals.controls} observed on a running system`,
    ...(findings.length === 0
      ? []
      : [`  ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} an auditor would ask about`]),
    `  ${directory}/report.html    for reading and printing`,
    `  ${directory}/evidence.json  every verdict with its reasons`,
    `  ${directory}/VERIFY.md      how to check the ${files} files with sha256sum and OpenSSH alone`,
    '',
  ].join('\n');
}
