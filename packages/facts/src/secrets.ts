import type { Attr, Graph, Place, Resource } from '@lukko/terraform-model';
import { encodedIn } from './encoded.ts';
import { textsOf } from './hosts/attributes.ts';
import { byText } from './memo.ts';
import { mark } from './payload/marked.ts';
import {
  isHetznerToken,
  isSecretName,
  isSecretValue,
  SHORTEST,
  type Sighting,
  secretsByForm,
  secretsByName,
  secretsInFile,
} from './secret-patterns.ts';
import type { Payload, SecretUse } from './types.ts';

interface Owner {
  readonly id: string;
  readonly place: Place;
  attr(...path: (string | number)[]): Attr;
}

/** Names that are no secret although they end like one: a key's name, its public half. */
const PUBLIC = new Set(['public_key', 'ssh_public_key']);

/**
 * Secrets that stand where anybody who reads the configuration can read them: arguments of resources, providers and backends,
 * outputs, and everything in payloads. What is known of a sensitive value is its name only, so it is not judged here.
 * @param loud resources that are not known to be quiet
 */
export function secretsOf(
  graph: Graph,
  loud: readonly Resource[],
  payloads: readonly Payload[],
  parsed: ReadonlySet<string>,
): SecretUse[] {
  const owners: Owner[] = [
    ...loud,
    ...graph.roots.flatMap((root) => [...root.providers, root.backend, ...root.modules]),
    ...graph.roots.flatMap(({ encryption }) => [...(encryption?.keyProviders ?? []), ...(encryption?.methods ?? [])]),
  ];
  const judged = new Set(payloads.map((payload) => payload.attr.at));
  const found = [
    ...owners.flatMap((owner) => [...textsOf(owner, parsed)].flatMap(({ attr, name }) => inText(attr, name, owner))),
    ...graph.roots.flatMap((root) => root.outputs.flatMap((output) => inText(output.value, output.name, output))),
    ...graph.resources.flatMap((resource) =>
      (resource.provisioners ?? []).flatMap((provisioner) =>
        [...textsOf(provisioner, parsed)].flatMap(({ attr, name }) => inText(attr, name, provisioner)),
      ),
    ),
    ...payloads.flatMap(inPayload),
    ...graph.ofType('hcloud_server').flatMap((server) => inIgnored(server.attr('user_data'), server, judged)),
  ];
  const seen = new Set<string>();
  return found.filter((use) => {
    const key = `${use.at}\n${use.kind}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
}

function inText(attr: Attr, name: string, owner: Pick<Owner, 'id' | 'place'>): SecretUse[] {
  const text = mark(attr.value)?.marked;
  if (text === undefined || PUBLIC.has(name)) return [];
  const base = { at: attr.at, place: owner.place, owner: owner.id };
  const byForm = text.length < SHORTEST ? [] : secretsByForm(text);
  if (byForm.length > 0) return byForm.map(({ kind }) => ({ ...base, kind }));
  if (isHetznerToken(name, text)) return [{ ...base, kind: 'Hetzner API token' }];
  if (isSecretName(name) && isSecretValue(text)) return [{ ...base, kind: `literal ${name.toLowerCase()}` }];
  if (text.length < SHORTEST) return [];
  // A text of several settings: an environment file, a script that an argument carries.
  const found = [...secretsByName(text), ...inBase64(text)];
  return found.map(({ kind }) => ({ ...base, kind }));
}

function inBase64(text: string): Sighting[] {
  return encodedIn(text).flatMap(({ text: inner, line }) =>
    secretsInFile(inner).map(({ kind }) => ({ kind: `${kind}, in base64`, line })),
  );
}

const sightings = byText((text): readonly Sighting[] => [
  ...secretsInFile(text),
  // Base64 hides nothing from anybody.
  ...inBase64(text),
]);

function inPayload(payload: Payload): SecretUse[] {
  const { server } = payload;
  const use = ({ kind, line }: Sighting, at: string): SecretUse => ({
    kind,
    at: `${at}:${line}`,
    place: server.place,
    owner: server.id,
  });
  const text = mark(payload.attr.value)?.marked ?? '';
  const files = payload.files.flatMap((file) => sightings(file.text.marked).map((each) => use(each, file.at)));
  // What stands outside files (users, chpasswd, commands) is searched in the document; a hit inside a file is that file's.
  const whole = files.length > 0 ? [] : sightings(text);
  return [...files, ...whole.map((each) => use(each, payload.attr.at))];
}

/** A user_data that terraform ignores still lies in the configuration, and at Hetzner until the first rebuild. */
function inIgnored(attr: Attr, server: Owner, judged: ReadonlySet<string>): SecretUse[] {
  const text = judged.has(attr.at) ? undefined : mark(attr.value)?.marked;
  if (text === undefined) return [];
  return sightings(text).map(({ kind, line }) => ({
    kind,
    at: `${attr.at}:${line}`,
    place: server.place,
    owner: server.id,
  }));
}
