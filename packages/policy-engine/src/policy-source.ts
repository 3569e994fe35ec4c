import { createHash } from 'node:crypto';
import {
  type Lukko,
  lukko,
  type Operator,
  operatorsFile,
  type Parsed,
  parseFile,
  type RegisterEntry,
  register,
  type Waiver,
  waivers,
} from '@lukko/formats';
import { type AllowedSigner, readAllowedSigners } from './approval/allowed-signers.ts';
import { type Posture, postures } from './posture.ts';
import type { PolicyContext, Rule } from './rule.ts';

/** What comes with lukko itself: rules, operators data, and whom `recommended` lets be reached. */
export interface Catalogue {
  readonly rules: readonly Rule[];
  /** The rules a posture judges by. */
  readonly rulesOf: (posture: Posture['name']) => readonly Rule[];
  readonly operators: readonly Operator[];
  /** Countries outside the EEA with an adequacy decision. */
  readonly adequate: readonly string[];
  readonly version: string;
}

/** The organisation's decisions, read from lukko.yaml and all it names; without one, the posture `recommended`. */
export interface PolicySource {
  readonly posture: Posture;
  readonly rules: readonly Rule[];
  readonly context: Omit<PolicyContext, 'environmentClass'>;
  readonly services: readonly RegisterEntry[];
  readonly operators: readonly Operator[];
  readonly waivers: readonly Waiver[];
  readonly waiversFile: string;
  /** Who may approve a waiver: the allowed signers that lukko.yaml names. */
  readonly approvers: readonly AllowedSigner[];
  /** One digest over these files, the rules and the operators data. */
  readonly policy: { readonly sha256: string; readonly files: string[] };
}

export interface PolicyInput {
  /** `lukko.yaml` where one was found, and the name messages give it. */
  readonly lukko?: { readonly file: string; readonly text: string };
  /** Text of a file lukko.yaml names, by the path written there; undefined when there is none. */
  readonly read?: (path: string) => { readonly file: string; readonly text: string } | undefined;
  /** Overrides the posture lukko.yaml names. */
  readonly posture?: Posture['name'];
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
export function readPolicy({ lukko: found, read, posture: override, catalogue }: PolicyInput): PolicySource {
  const digests: { file: string; sha256: string }[] = [];
  const own = found === undefined ? undefined : parseFile(lukko, found.text, found.file);
  if (found !== undefined) digests.push({ file: found.file, sha256: sha256(found.text) });
  const named = (field: 'register' | 'waivers' | 'operators' | 'approvers' | 'claims') => {
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
    digests.push({ file: file.file, sha256: sha256(file.text) });
    return file;
  };
  if (own?.value.rules !== undefined) {
    const { file, line } = own.at('rules');
    throw new PolicyError(
      `${file}:${line}: rules: own rules cannot be loaded yet; remove the field, no rule was left out`,
    );
  }
  const registerFile = named('register');
  const waiversFile = named('waivers');
  const operatorsPath = named('operators');
  const approversFile = named('approvers');
  named('claims');
  const posture = postures[override ?? own?.value.posture ?? 'recommended'];
  const operators = [
    ...(operatorsPath === undefined
      ? []
      : parseFile(operatorsFile, operatorsPath.text, operatorsPath.file).value.operators),
    ...catalogue.operators,
  ];
  return {
    posture,
    rules: catalogue.rulesOf(posture.name),
    context: { allowedJurisdictions: own?.value.allowedJurisdictions ?? allowedBy(posture, catalogue) },
    services:
      registerFile === undefined ? [] : parseFile(register, registerFile.text, registerFile.file).value.services,
    operators,
    waivers: waiversFile === undefined ? [] : waiversOf(waiversFile),
    waiversFile: waiversFile?.file ?? 'waivers.yaml',
    approvers: approversFile === undefined ? [] : signersOf(approversFile),
    policy: { sha256: policyDigest(catalogue, posture, digests), files: digests.map(({ file }) => file).sort() },
  };
}

/** The policy is what stands in one place: a path that leads out of it could be anybody's. */
function isOutside(path: string): boolean {
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

/** Of the rules it takes what they say: their code is named by the version. */
function policyDigest(
  catalogue: Catalogue,
  posture: Posture,
  files: readonly { file: string; sha256: string }[],
): string {
  const rules = catalogue.rulesOf(posture.name).map(({ id, title, severity, waivable, controls, appliesTo }) => ({
    id,
    title,
    severity,
    waivable,
    controls,
    appliesTo,
  }));
  const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : 1));
  return sha256(
    JSON.stringify({ version: catalogue.version, posture, files: sorted, rules, operators: catalogue.operators }),
  );
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
