import { createHash } from 'node:crypto';
import {
  baseline,
  type Lukko,
  lukko,
  type Operator,
  operatorsFile,
  type Parsed,
  parseFile,
  parseJsonFile,
  type RegisterEntry,
  type Report,
  register,
  type Waiver,
  waivers,
} from '@lukko/formats';
import { type AllowedSigner, readAllowedSigners } from './approval/allowed-signers.ts';
import type { BaselineInput } from './known-findings.ts';
import { type Posture, postures, type RuleSetName } from './posture.ts';
import type { PolicyContext, Rule } from './rule.ts';

/** What comes with lukko itself: rules, operators data, and whom `recommended` lets be reached. */
export interface Catalogue {
  readonly rules: readonly Rule[];
  readonly rulesOf: (set: RuleSetName) => readonly Rule[];
  readonly operators: readonly Operator[];
  /** Countries outside the EEA with an adequacy decision. */
  readonly adequate: readonly string[];
  readonly version: string;
}

/** The organisation's decisions, read from lukko.yaml and all it names; without one, the posture `recommended`. */
export interface PolicySource {
  readonly posture: Posture;
  readonly ruleSet: RuleSetName;
  /** Of the set, and the organisation's own, in the order of their ids. */
  readonly rules: readonly Rule[];
  readonly context: Omit<PolicyContext, 'environmentClass'>;
  readonly services: readonly RegisterEntry[];
  readonly operators: readonly Operator[];
  readonly waivers: readonly Waiver[];
  readonly waiversFile: string;
  /** Who may approve a waiver: the allowed signers that lukko.yaml names. */
  readonly approvers: readonly AllowedSigner[];
  /** What was accepted until a day, where lukko.yaml names it. */
  readonly baseline: BaselineInput | undefined;
  /** The path lukko.yaml gives it, whether it is there or not. */
  readonly baselinePath: string | undefined;
  /** The claims file that lukko.yaml names, as it was read for the digest. */
  readonly claims: { readonly file: string; readonly text: string } | undefined;
  /** One digest over these files, the rules and the operators data. */
  readonly policy: Report['policy'];
}

/** The organisation's own rules, loaded, and the files of their folder. */
export interface OwnRules {
  readonly rules: readonly Rule[];
  /** `file` as messages name it, `path` below the folder of lukko.yaml: what the digest is over. */
  readonly files: readonly { readonly file: string; readonly path: string; readonly sha256: string }[];
}

export interface PolicyInput {
  /** `lukko.yaml` where one was found, and the name messages give it. */
  readonly lukko?: { readonly file: string; readonly text: string };
  /** Text of a file lukko.yaml names, by the path written there; undefined when there is none. */
  readonly read?: (path: string) => { readonly file: string; readonly text: string } | undefined;
  /** Overrides the posture lukko.yaml names. */
  readonly posture?: Posture['name'];
  /** Overrides the rule set of lukko.yaml and of the posture. */
  readonly ruleSet?: RuleSetName;
  /** A baseline beside lukko.yaml's, by the path of its file. */
  readonly baseline?: { readonly file: string; readonly text: string };
  /** The baseline lukko.yaml names is not read: it is about to be written. */
  readonly ignoreBaseline?: boolean;
  /** Undefined where nobody loaded them; then a lukko.yaml that names some cannot be used. */
  readonly own?: OwnRules;
  readonly catalogue: Catalogue;
}

/** lukko.yaml names something that cannot be used. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/**
 * Reads the policy. The only place that decides what *no configuration* means, so that synth, plan and command agree.
 * @throws FormatError when a file is not of its format, PolicyError when lukko.yaml names one that is missing.
 */
export function readPolicy(input: PolicyInput): PolicySource {
  const { lukko: found, read, catalogue } = input;
  const digests: Digest[] = [];
  const own = found === undefined ? undefined : parseFile(lukko, found.text, found.file);
  if (found !== undefined) digests.push({ file: found.file, path: 'lukko.yaml', sha256: sha256(found.text) });
  const named = (field: 'register' | 'waivers' | 'operators' | 'approvers' | 'claims' | 'baseline') => {
    const path = own?.value[field];
    if (own === undefined || path === undefined) return undefined;
    if (isOutside(path)) {
      const { file, line } = own.at(field);
      throw new PolicyError(
        `${file}:${line}: ${field}: expected a path below the directory of ${file}, found ${JSON.stringify(path)}; move the file there`,
      );
    }
    const file = read?.(path);
    if (file === undefined) throw missing(own, field, path);
    digests.push({ file: file.file, path, sha256: sha256(file.text) });
    return file;
  };
  if (own?.value.rules !== undefined && isOutside(own.value.rules)) {
    const { file, line } = own.at('rules');
    throw new PolicyError(
      `${file}:${line}: rules: expected a folder below that of ${file}, found ${JSON.stringify(own.value.rules)}; move it there`,
    );
  }
  if (own?.value.rules !== undefined && input.own === undefined) {
    const { file, line } = own.at('rules');
    throw new PolicyError(
      `${file}:${line}: rules: nobody loaded these rules, and to judge without them is no judgement; report it`,
    );
  }
  const ownRules = input.own ?? { rules: [], files: [] };
  digests.push(...ownRules.files);
  const registerFile = named('register');
  const registered =
    registerFile === undefined ? undefined : parseFile(register, registerFile.text, registerFile.file).value;
  const waiversFile = named('waivers');
  const operatorsPath = named('operators');
  const approversFile = named('approvers');
  const baselineFile = input.baseline ?? (input.ignoreBaseline === true ? undefined : named('baseline'));
  if (input.baseline !== undefined) {
    const { file, text } = input.baseline;
    digests.push({ file, path: `--baseline ${file}`, sha256: sha256(text) });
  }
  const claims = named('claims');
  const posture = postures[input.posture ?? own?.value.posture ?? 'recommended'];
  const ruleSet = input.ruleSet ?? own?.value.ruleSet ?? posture.ruleSet;
  const rules = withOwn(catalogue, ruleSet, ownRules.rules);
  const operators = [
    ...(operatorsPath === undefined
      ? []
      : parseFile(operatorsFile, operatorsPath.text, operatorsPath.file).value.operators),
    ...catalogue.operators,
  ];
  return {
    posture,
    ruleSet,
    rules,
    context: {
      allowedJurisdictions: own?.value.allowedJurisdictions ?? allowedBy(posture, catalogue),
      ...(registered?.images === undefined ? {} : { images: registered.images }),
    },
    services: registered?.services ?? [],
    operators,
    waivers: waiversFile === undefined ? [] : waiversOf(waiversFile),
    waiversFile: waiversFile?.file ?? 'waivers.yaml',
    approvers: approversFile === undefined ? [] : signersOf(approversFile),
    claims,
    baseline: baselineFile === undefined ? undefined : baselineOf(baselineFile),
    baselinePath: own?.value.baseline,
    policy: {
      sha256: policyDigest({ catalogue, posture, ruleSet, rules }, digests),
      files: digests.map(({ file }) => file).sort(),
    },
  };
}

interface Digest {
  /** As messages name it. */
  readonly file: string;
  /** As lukko.yaml names it: the same wherever the command is started. */
  readonly path: string;
  readonly sha256: string;
}

/** @throws PolicyError for an own rule that takes the name of one of lukko's: a waiver would mean either. */
function withOwn(catalogue: Catalogue, ruleSet: RuleSetName, own: readonly Rule[]): readonly Rule[] {
  const taken = own.find(({ id }) => catalogue.rules.some((rule) => rule.id === id));
  if (taken !== undefined) {
    throw new PolicyError(`${taken.file}: rule ${taken.id} has the name of a rule of lukko; give it another id`);
  }
  return [...catalogue.rulesOf(ruleSet), ...own].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** @throws PolicyError for an entry that holds longer than `lukko baseline write` would let it: somebody wrote it by hand. */
function baselineOf({ text, file }: { text: string; file: string }): BaselineInput {
  const { written, findings } = parseJsonFile(baseline, text, file);
  const latest = new Date(Date.parse(`${written}T00:00:00Z`) + 366 * 86_400_000).toISOString().slice(0, 10);
  const late = findings.find(({ expires }) => expires > latest);
  if (late !== undefined) {
    throw new PolicyError(
      `${file}: ${late.rule} at ${late.address} is accepted until ${late.expires}; expected at most a year from the day it was written, ${written}`,
    );
  }
  return { file, entries: findings };
}

/** The policy is what stands in one place: a path that leads out of it could be anybody's. */
export function isOutside(path: string): boolean {
  return /^([\\/]|[A-Za-z]:)/.test(path) || path.split(/[\\/]/).includes('..');
}

/** @throws PolicyError for an id that stands twice: an override and an approval name a waiver by it. */
function waiversOf({ text, file }: { text: string; file: string }): readonly Waiver[] {
  const { value, at } = parseFile(waivers, text, file);
  const seen = new Map<string, number>();
  for (const [position, { id }] of value.waivers.entries()) {
    const { line } = at(['waivers', position, 'id']);
    const before = seen.get(id);
    if (before !== undefined) {
      throw new PolicyError(`${file}:${line}: waiver ${id} stands twice (first at line ${before}); rename one`);
    }
    seen.set(id, line);
  }
  return value.waivers;
}

function signersOf({ text, file }: { text: string; file: string }): readonly AllowedSigner[] {
  try {
    return readAllowedSigners(text, file);
  } catch (error) {
    throw new PolicyError(error instanceof Error ? error.message : String(error));
  }
}

/** `recommended` refuses the US and countries without an adequacy decision, which leaves the EEA and those that have one. */
function allowedBy(posture: Posture, { adequate }: Catalogue): readonly string[] {
  return posture.name === 'eu-sovereign' ? ['EEA'] : ['EEA', ...adequate];
}

/** Of lukko's rules it takes what they say: their code is named by the version. Own rules are files, and digested as such. */
function policyDigest(
  {
    catalogue,
    posture,
    ruleSet,
    rules,
  }: Pick<PolicySource, 'posture' | 'ruleSet' | 'rules'> & { catalogue: Catalogue },
  files: readonly Digest[],
): string {
  const said = rules.map(({ id, title, severity, waivable, controls, appliesTo }) => ({
    id,
    title,
    severity,
    waivable,
    controls,
    appliesTo,
  }));
  const { version, operators } = catalogue;
  const sorted = files.map(({ path, sha256: digest }) => ({ file: path, sha256: digest }));
  sorted.sort((a, b) => (a.file < b.file ? -1 : 1));
  return sha256(JSON.stringify({ version, posture, ruleSet, files: sorted, rules: said, operators }));
}

function missing({ at }: Parsed<Lukko>, field: string, path: string): PolicyError {
  const { file, line } = at(field);
  return new PolicyError(
    `${file}:${line}: ${field}: expected a file, found none at ${path}; write it, or remove the field`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
