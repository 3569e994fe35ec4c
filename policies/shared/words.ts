import { isAtServer, type Location, locationOf } from '@lukko/facts';
import type { Attr, Resource } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { short } from './message.ts';

/** A resource's address as a message names it: the stack stands beside it in every report. */
export function addressOf(resource: Resource): string {
  return short(resource.address, 64);
}

/** `stands in ash (Ashburn, US)`, or that no location was written. */
export function stands(attr: Attr, location: Location | undefined): string {
  if (location !== undefined) return `stands in ${location.name} (${location.city}, ${location.country})`;
  if (isAtServer(attr)) return 'stands where its server does, which is not known for certain';
  if (attr.value.state === 'unset') return 'names no location: Hetzner picks one';
  const { text } = attr;
  if (text !== undefined && text !== text.toLowerCase() && locationOf(text.toLowerCase()) !== undefined)
    return `stands in ${short(text, 32)}, which is no location: Hetzner's names are in lower case`;
  return `stands in ${short(text ?? describe(attr.value), 32)}`;
}

/** A countable noun: `1 volume`, `2 volumes`. */
export function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}
