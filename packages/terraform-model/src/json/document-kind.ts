import { Splitter } from './split.ts';

/** What a JSON document of Terraform's is, by the names at its top. */
export type DocumentKind = 'plan' | 'state' | 'configuration';

const ofPlan = ['resource_changes', 'planned_values', 'output_changes', 'prior_state'];
const ofState = ['serial', 'lineage', 'modules', 'resources'];

/**
 * Looks at the top of a document without reading it.
 * @throws InputError for what is no JSON object, or names something twice there
 */
export function documentKind(bytes: Uint8Array, file: string): DocumentKind {
  const splitter = new Splitter(bytes, file);
  const sections = splitter.sections();
  if (sections.has('format_version')) {
    if (ofPlan.some((key) => sections.has(key)) || sections.has('configuration')) return 'plan';
    return sections.has('values') || sections.size <= 2 ? 'state' : 'plan';
  }
  const version = sections.get('version');
  const numbered = version !== undefined && typeof splitter.parse(version) === 'number';
  return numbered && ofState.some((key) => sections.has(key)) ? 'state' : 'configuration';
}
