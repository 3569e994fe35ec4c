import type { PolicyContext, Truth } from '@lukko/policy-engine';
import { no, yes } from '@lukko/policy-engine';
import type { Resource } from '@lukko/terraform-model';

/** The two removal rules do not apply where the environment says of itself that it may be thrown away. */
export function removable(resource: Resource, context: PolicyContext): Truth {
  return context.environmentClass === 'disposable'
    ? no({ at: resource.id, saw: 'an environment of class disposable' })
    : yes({ at: resource.id, saw: `an environment of class ${context.environmentClass ?? 'not told, so kept'}` });
}
