import type { Operator, RegisterEntry } from '@lukko/formats';
import type { Graph, Resource } from '@lukko/terraform-model';
import { attachedElsewhere, attachmentsOf, live } from './attachments.ts';
import { codeRunsOf } from './code-runs.ts';
import { dataPathsOf } from './data-paths.ts';
import { encryptionOf } from './encryption.ts';
import { exposureOf } from './exposure.ts';
import { attributeHosts } from './hosts/attributes.ts';
import { imageHosts, payloadHosts } from './hosts/payload.ts';
import { stateKeyHosts } from './hosts/state-keys.ts';
import { backendHosts, dataSourceHosts, dnsHosts, moduleHosts, providerHosts } from './hosts/terraform.ts';
import { imagesOf } from './images.ts';
import { once } from './memo.ts';
import { readPayload } from './payload/read.ts';
import { placementsOf } from './placement.ts';
import { Quiet } from './quiet.ts';
import { resolver } from './resolve.ts';
import { secretsOf } from './secrets.ts';
import { hostSettingsOf } from './settings/host-settings.ts';
import type { Facts, HostUse, Payload, ServerFacts, VolumeFacts } from './types.ts';

export interface FactsOptions {
  readonly operators: readonly Operator[];
  readonly register: readonly RegisterEntry[];
}

/**
 * Derives everything rules and evidence ask of a graph: once, lazily, the same for every kind of input. Pure and total: whatever the
 * graph does not tell is stated as unknown, and nothing is thrown.
 */
export function deriveFacts(graph: Graph, { operators, register }: FactsOptions): Facts {
  const attachments = once(() => attachmentsOf(graph));
  const payload = keyed((server) => readPayload(server, graph));
  const payloads = once((): readonly Payload[] => live(graph, 'hcloud_server').map(payload));
  const parsed = once((): ReadonlySet<string> => {
    const written = live(graph, 'hcloud_server').map((server) => server.attr('user_data').at);
    return new Set([
      ...written,
      ...payloads()
        .filter((each) => each.state === 'read')
        .map((each) => each.attr.at),
    ]);
  });
  const loud = once(() => new Quiet(operators, parsed()).loud(graph));
  const volume = keyed((resource) => encryptionOf(resource, graph, attachments(), payload));
  const server = keyed((resource): ServerFacts => {
    const attached = (attachments().byServer.get(resource.id) ?? []).map(({ volume: on, certainty, via }) => ({
      volume: on,
      certainty,
      via,
    }));
    const volumes: VolumeFacts[] = attached.map((each) => volume(each.volume));
    const loose = attachments()
      .loose.filter((each) => each.server === undefined || each.server.id === resource.id)
      .map((each) => each.attr);
    const dataPaths = dataPathsOf(resource, payload(resource), volumes, loose);
    return { resource, payload: payload(resource), exposure: exposureOf(resource, graph), attached, dataPaths };
  });
  const images = once(() => imagesOf(graph, payloads()));
  const hosts = once((): readonly HostUse[] =>
    distinct([
      ...providerHosts(graph, operators),
      ...backendHosts(graph),
      ...stateKeyHosts(graph),
      ...moduleHosts(graph),
      ...dataSourceHosts(graph),
      ...dnsHosts(graph),
      ...attributeHosts(loud(), operators, parsed()),
      ...payloads().flatMap((each) => payloadHosts(each, operators)),
      ...imageHosts(images()),
    ]),
  );
  const lazily = {
    placements: once(() => placementsOf(graph)),
    servers: once(() => live(graph, 'hcloud_server').map(server)),
    volumes: once(() => [...live(graph, 'hcloud_volume'), ...attachedElsewhere(graph, attachments())].map(volume)),
    images,
    secrets: once(() => secretsOf(graph, loud(), payloads(), parsed())),
    codeRuns: once(() => codeRunsOf(graph)),
  };
  return {
    graph,
    get placements() {
      return lazily.placements();
    },
    get servers() {
      return lazily.servers();
    },
    get volumes() {
      return lazily.volumes();
    },
    get hosts() {
      return hosts();
    },
    get images() {
      return lazily.images();
    },
    get secrets() {
      return lazily.secrets();
    },
    get codeRuns() {
      return lazily.codeRuns();
    },
    server,
    volume,
    hostSettings: keyed((resource) => hostSettingsOf(payload(resource))),
    resolve: resolver(graph, payloads, { operators, register }),
  };
}

function keyed<T>(make: (resource: Resource) => T): (resource: Resource) => T {
  const made = new Map<string, T>();
  return (resource) => {
    const known = made.get(resource.id);
    if (known !== undefined) return known;
    const fresh = make(resource);
    made.set(resource.id, fresh);
    return fresh;
  };
}

/** One use per place, host and position; a name found in free text says nothing new where a position named it. */
function distinct(uses: readonly HostUse[]): HostUse[] {
  const placed = new Set(uses.filter((use) => use.position !== 'text').map((use) => `${use.at}\n${use.host ?? ''}`));
  const first = new Map<string, HostUse>();
  for (const use of uses) {
    if (use.position === 'text' && placed.has(`${use.at}\n${use.host ?? ''}`)) continue;
    const key = `${use.at}\n${use.host ?? ''}\n${use.owner}\n${use.position}`;
    if (!first.has(key)) first.set(key, use);
  }
  return [...first.values()];
}
