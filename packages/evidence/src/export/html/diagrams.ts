import type { Facts, ServerFacts } from '@lukko/facts';
import { html, type Markup } from './template.ts';

/** Boxes a diagram holds before it says how many more there are: a page is for reading, the tables hold all. */
const most = 36;
const box = { width: 220, height: 74, gap: 16 };

/** Where servers stand, what is attached to them, and whether a firewall applies. */
export function topology(all: readonly Facts[]): Markup {
  const [facts] = all;
  if (facts === undefined || facts.servers.length === 0) return html`<p class="more">No server is declared.</p>`;
  const places = new Map(facts.placements.map(({ resource, location }) => [resource.id, location]));
  const groups = new Map<string, ServerFacts[]>();
  for (const server of facts.servers.slice(0, most)) {
    const place = places.get(server.resource.id);
    const name = place === undefined ? 'place not known' : `${place.name} · ${place.city}, ${place.country}`;
    groups.set(name, [...(groups.get(name) ?? []), server]);
  }
  let y = 0;
  const bands = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, servers]) => {
      const perRow = 4;
      const rows = Math.ceil(servers.length / perRow);
      const height = 34 + rows * (box.height + box.gap) + 6;
      const band = html`<g transform="translate(0 ${y})"><rect class="band" width="980" height="${height}" rx="8"/><text class="place" x="16" y="23">${name}</text>${servers.map(
        (server, index) =>
          node(
            server,
            16 + (index % perRow) * (box.width + box.gap + 3),
            36 + Math.floor(index / perRow) * (box.height + box.gap),
          ),
      )}</g>`;
      y += height + 14;
      return band;
    });
  const rest = facts.servers.length - Math.min(facts.servers.length, most);
  return html`<figure><svg viewBox="0 0 980 ${Math.max(1, y - 14)}" role="img" aria-label="Servers by location: ${[...groups].map(([name, servers]) => `${name}: ${servers.map(nameOf).join(', ')}`).join('; ')}">${bands}</svg><figcaption>Servers by location, as declared${rest > 0 && html`; ${rest} more in the register of assets`}.</figcaption></figure>`;
}

function nameOf({ resource }: ServerFacts): string {
  return resource.attr('name').text ?? resource.id;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function node(server: ServerFacts, x: number, y: number): Markup {
  const { exposure, attached } = server;
  const guard =
    exposure.guarded.is === true
      ? 'behind a firewall'
      : exposure.public.is === false
        ? 'no public address'
        : exposure.guarded.is === false
          ? 'NO FIREWALL'
          : 'firewall not shown';
  const bad = guard === 'NO FIREWALL';
  const volumes =
    attached.length === 0 ? 'no volume' : attached.length === 1 ? '1 volume' : `${attached.length} volumes`;
  return html`<g transform="translate(${x} ${y})"><rect class="${bad ? 'node bad' : 'node'}" width="${box.width}" height="${box.height}" rx="6"/><text class="name" x="12" y="22">${cut(nameOf(server), 26)}</text><text x="12" y="42">${guard}</text><text x="12" y="60">${volumes}</text></g>`;
}

/** From a client to the disk, host by host: each step says whether it is encrypted, in words beside the colour. */
export function dataPaths(all: readonly Facts[]): Markup {
  const [facts] = all;
  const servers = (facts?.servers ?? []).filter(
    ({ payload, dataPaths: paths }) => payload.sites.length + paths.length > 0,
  );
  if (servers.length === 0) return html`<p class="more">No host declares a service or a data path.</p>`;
  const shown = servers.slice(0, most / 2);
  const height = 64;
  const rows = shown.map((server, index) => {
    const { payload, dataPaths: paths } = server;
    const plain = payload.sites.some(({ tls }) => tls === 'off');
    const site = payload.sites.length === 0 ? 'no public service' : plain ? 'plain text' : 'TLS';
    const broken = paths.find(({ encrypted }) => encrypted.is !== true);
    const state =
      paths.length === 0
        ? 'no data path'
        : broken === undefined
          ? 'LUKS on every data path'
          : broken.encrypted.is === false
            ? 'NOT ENCRYPTED'
            : 'encryption not proven';
    const kind = (text: string) => (/^(TLS|LUKS)/.test(text) ? 'good' : /^(plain|NOT)/.test(text) ? 'bad' : 'open');
    const y = index * height;
    return html`<g transform="translate(0 ${y})"><rect class="node" x="0" y="8" width="150" height="42" rx="6"/><text x="12" y="34">clients</text><line class="${kind(site)}" x1="150" y1="29" x2="380" y2="29"/><text class="step ${kind(site)}" x="265" y="22">${site}</text><rect class="node" x="380" y="8" width="230" height="42" rx="6"/><text class="name" x="392" y="34">${cut(nameOf(server), 26)}</text><line class="${kind(state)}" x1="610" y1="29" x2="850" y2="29"/><text class="step ${kind(state)}" x="730" y="22">${state}</text><rect class="node" x="850" y="8" width="130" height="42" rx="6"/><text x="862" y="34">${paths.length === 0 ? 'disk' : paths.length === 1 ? '1 path' : `${paths.length} paths`}</text></g>`;
  });
  const rest = servers.length - shown.length;
  return html`<figure><svg viewBox="0 0 980 ${shown.length * height}" role="img" aria-label="The way of data from clients to disks, host by host; the table of encryption says the same in words">${rows}</svg><figcaption>The way of data from clients to disks, as declared${rest > 0 && html`; ${rest} more hosts in the table of encryption`}.</figcaption></figure>`;
}
