import type { Attr, Cause, Graph, Place } from '@lukko/terraform-model';
import { hasHole, holesIn, mark } from '../payload/marked.ts';
import { hostPart, isLoopback, isName } from '../payload/urls.ts';
import type { Hole, HostUse, PathClass } from '../types.ts';

/** What is the same for every host found in one place. */
export interface Spot {
  readonly position: string;
  readonly class: PathClass;
  readonly at: string;
  readonly place: Place;
  readonly owner: string;
  readonly implicit?: boolean;
}

/**
 * The host a marked text names. A reference that is an address of the graph is that address; literal text after a determined
 * reference (`${hcloud_server.a.name}.lukko.example`) tells the zone. Anything else with a hole in it is not known. Nothing at all
 * when the text names no host or only this machine.
 */
export function hostUse(text: string, holes: readonly Hole[], spot: Spot): HostUse | undefined {
  const part = hostPart(text);
  if (part === undefined || isLoopback(part)) return undefined;
  const base = {
    position: spot.position,
    class: spot.class,
    at: spot.at,
    place: spot.place,
    owner: spot.owner,
    implicit: spot.implicit ?? false,
  };
  if (!hasHole(part)) return { ...base, host: part, causes: [] };
  const found = holesIn(part, holes);
  const causes: readonly Cause[] = [...new Set(found.flatMap((hole) => hole.causes))].sort();
  const [only] = found;
  if (only !== undefined && only.mark === part && only.target !== undefined)
    return { ...base, host: `${only.target}.${only.attribute}`, causes: [] };
  const suffix = part.slice(part.lastIndexOf('\uE001') + 1);
  if (suffix.startsWith('.') && isName(suffix.slice(1)) && found.every((hole) => hole.target !== undefined))
    return { ...base, host: suffix.slice(1), causes: [] };
  return { ...base, host: undefined, causes: causes.length > 0 ? causes : ['function'] };
}

/**
 * Hosts of a connection in keywords, `host=db.lukko.example dbname=state` (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING);
 * none for a socket. undefined when the text is of another form.
 */
function keywordHosts(text: string): readonly string[] | undefined {
  if (!/^\s*[a-z_]+\s*=/i.test(text) || text.includes('://')) return undefined;
  const found = [...text.matchAll(/(?:^|\s)(?:host|hostaddr)\s*=\s*(?:'([^']*)'|(\S+))/gi)];
  return found.flatMap(([, quoted, bare = '']) =>
    (quoted ?? bare).split(',').filter((host) => !/^(\/|@|$)/.test(host)),
  );
}

/** The hosts an attribute names: a text, or a list of texts. Unknown values are hosts that are not known. */
export function hostUses(attr: Attr, spot: Omit<Spot, 'at'>): HostUse[] {
  const at = { ...spot, at: attr.at };
  const { value } = attr;
  if (value.state === 'unset' || (value.state === 'known' && (value.value === null || value.value === ''))) return [];
  const text = mark(value);
  if (text !== undefined)
    return (keywordHosts(text.marked) ?? [text.marked]).flatMap((one) => hostUse(one, text.holes, at) ?? []);
  if (value.state === 'list') return attr.items().flatMap((item) => hostUses(item, spot));
  if (value.state === 'map') return [...value.entries.keys()].flatMap((key) => hostUses(attr.attr(key), spot));
  if (value.state !== 'unknown') return [];
  return [
    {
      position: spot.position,
      class: spot.class,
      at: attr.at,
      place: spot.place,
      owner: spot.owner,
      implicit: false,
      host: undefined,
      causes: value.causes,
    },
  ];
}

/** The resource of the graph an address such as `network/hcloud_primary_ip.logs.ip_address` starts with, and the rest of it. */
export function resourceIn(
  graph: Graph,
  host: string,
): { readonly type: string; readonly attribute: string } | undefined {
  for (let dot = host.lastIndexOf('.'); dot > 0; dot = host.lastIndexOf('.', dot - 1)) {
    const resource = graph.byId(host.slice(0, dot));
    if (resource !== undefined) return { type: resource.type, attribute: host.slice(dot + 1) };
  }
  return undefined;
}
