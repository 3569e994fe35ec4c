import { type Truth, unknown } from '@lukko/policy-engine';
import type { Resource } from '@lukko/terraform-model';

/**
 * A pass that rests on an attribute whose changes Terraform ignores says only how the resource was made: what is there now may
 * differ, and no plan would tell. A plan or state itself shows what is there, so only configurations are concerned.
 * https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes
 */
export function unlessIgnored(resource: Resource, attribute: string, truth: Truth): Truth {
  const { kind } = resource.root;
  if (truth.is !== true || (kind !== 'synth' && kind !== 'configuration')) return truth;
  const ignored = resource.lifecycle?.ignoreChanges ?? [];
  const covers =
    ignored === 'all' ||
    ignored.some((path) => path === attribute || path.startsWith(`${attribute}.`) || path.startsWith(`${attribute}[`));
  if (!covers) return truth;
  return unknown({
    at: `${resource.id}.${attribute}`,
    saw: 'ignore_changes: what is there now may differ',
    causes: ['outside'],
  });
}
