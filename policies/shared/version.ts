/**
 * Whether a version constraint admits one version only, patches apart: `1.68.0`, `= 1.68.0`, `~> 1.68.0`, alone or beside wider
 * ones, since all of a list must hold. https://developer.hashicorp.com/terraform/language/expressions/version-constraints
 */
export function pinned(constraint: string): boolean {
  return constraint.split(',').some((part) => /^\s*(=\s*|~>\s*)?v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?\s*$/.test(part));
}
