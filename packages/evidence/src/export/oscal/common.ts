import type { EvidenceExport } from '@lukko/formats';
import { uuid } from '../../canonical.ts';

/** The version whose schema the documents follow: https://github.com/usnistgov/OSCAL/releases/tag/v1.2.1 */
export const oscalVersion = '1.2.1';
/** Namespace of the properties that are ours. */
export const ns = 'urn:lukko:oscal:1';

export interface Prop {
  readonly name: string;
  readonly ns: string;
  readonly value: string;
}

/** OSCAL takes no empty value and no blank at either end. */
export function prop(name: string, value: string): Prop[] {
  const trimmed = value.trim().replace(/\s+/g, ' ');
  return trimmed === '' ? [] : [{ name, ns, value: trimmed }];
}

/** One line without blanks at its ends, never empty. */
export function line(text: string): string {
  return text.trim().replace(/\s+/g, ' ') || 'nothing is said';
}

/** `A.8.24` as a token: `a.8.24`. */
export function token(control: string): string {
  return control.toLowerCase();
}

export function metadata(title: string, evidence: EvidenceExport) {
  return {
    title,
    'last-modified': evidence.asOf,
    version: evidence.asOf,
    'oscal-version': oscalVersion,
    props: [...prop('tool', `lukko ${evidence.tool.version}`), ...prop('observations', evidence.observations.kind)],
    remarks:
      'Controls are named by number; the text of ISO/IEC 27001:2022 is licensed by its publisher and stands nowhere in here.',
  };
}

/** The standard as a resource: a name and where to get it, nothing of its text. */
export function standardResource() {
  return {
    uuid: uuid('oscal', 'resource', 'standard'),
    title: 'ISO/IEC 27001:2022 Annex A',
    description: 'Numbers of controls only. The text is licensed by ISO and IEC.',
    rlinks: [{ href: 'https://www.iso.org/standard/27001' }],
  };
}

/** A file of the bundle, fixed by its digest. */
export function fileResource(path: string, sha256: string) {
  return {
    uuid: uuid('oscal', 'resource', path),
    title: path,
    rlinks: [{ href: path, hashes: [{ algorithm: 'SHA-256', value: sha256 }] }],
  };
}

/** Drops what is empty: OSCAL knows no empty lists. */
export function optional<K extends string, V>(key: K, values: readonly V[]): { [P in K]?: readonly V[] } {
  return values.length === 0 ? {} : ({ [key]: values } as { [P in K]?: readonly V[] });
}
