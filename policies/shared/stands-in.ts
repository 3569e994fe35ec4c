import { isAtServer, type Location, locationOf } from '@lukko/facts';
import { holds, type Truth, unknown } from '@lukko/policy-engine';
import { type Attr, describe } from '@lukko/terraform-model';

/** Whether the location at an attribute of a placement is as asked; where only a server's id is known, its location is not. */
export function standsIn(attr: Attr, test: (location: Location | undefined) => boolean): Truth {
  if (!isAtServer(attr)) return holds(attr, (name) => test(locationOf(String(name))));
  const { value } = attr;
  const causes = value.state === 'unknown' ? value.causes : (['outside'] as const);
  return unknown({ at: attr.at, saw: describe(value), causes });
}
