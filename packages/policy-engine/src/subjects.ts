import type { Facts } from '@lukko/facts';
import type { Place, Resource, ResourceType, Root } from '@lukko/terraform-model';
import type { Rule, Subject, SubjectKind, SubjectKinds } from './rule.ts';

/** One thing a rule is asked about, with the name and place a finding about it carries. */
export interface Located<K extends SubjectKind = SubjectKind> {
  readonly subject: Subject<K>;
  /** Qualified id: what findings, waivers and obligations name. */
  readonly address: string;
  /** Set when the subject is narrower than the element at `address`. */
  readonly at?: string;
  readonly place: Place;
}

/** Id of a root module: its stack's name, else the file or directory it was read from. */
export function rootId(root: Root): string {
  return root.stack ?? root.place.file;
}

type Enumerate = { readonly [K in keyof SubjectKinds]: (facts: Facts) => readonly Located<K>[] };

const ofResource = <S>(resource: Resource, subject: S) => ({ subject, address: resource.id, place: resource.place });
const named = <S extends { readonly owner: string; readonly at: string; readonly place: Place }>(subject: S) => ({
  subject,
  address: subject.owner,
  at: subject.at,
  place: subject.place,
});
const element = <S extends { readonly id: string; readonly place: Place }>(subject: S) => ({
  subject,
  address: subject.id,
  place: subject.place,
});

const enumerate: Enumerate = {
  backend: ({ graph }) => graph.roots.map((root) => element(root.backend)),
  provider: ({ graph }) => graph.roots.flatMap((root) => root.providers.map(element)),
  module: ({ graph }) => graph.roots.flatMap((root) => root.modules.map(element)),
  root: ({ graph }) => graph.roots.map((root) => ({ subject: root, address: rootId(root), place: root.place })),
  placement: (facts) =>
    facts.placements.map((placement) => ({ ...ofResource(placement.resource, placement), at: placement.attr.at })),
  server: (facts) => facts.servers.map((server) => ofResource(server.resource, server)),
  volume: (facts) => facts.volumes.map((volume) => ofResource(volume.resource, volume)),
  'data-path': (facts) =>
    facts.servers.flatMap((server) =>
      server.dataPaths.map((path) => ({ ...ofResource(server.resource, { server, path }), at: path.at })),
    ),
  payload: (facts) =>
    facts.servers.map(({ resource, payload }) => ({ ...ofResource(resource, payload), at: payload.attr.at })),
  host: (facts) => facts.hosts.map(named),
  image: (facts) => facts.images.map(named),
  secret: (facts) => facts.secrets.map(named),
  'code-run': (facts) => facts.codeRuns.map(named),
};

const onePerAddress: ReadonlySet<SubjectKind> = new Set(['placement', 'server', 'volume', 'payload']);

/** Whether no two subjects of a kind have the same address. */
export function isOnePerAddress(kind: SubjectKind): boolean {
  return onePerAddress.has(kind) || !isSpecial(kind);
}

/** Kinds whose element acts even while its resource is being deleted: a destroy-time provisioner runs. */
const actsOnRemoval: ReadonlySet<SubjectKind> = new Set(['code-run']);

/**
 * Everything of one kind that a rule judges: what will exist, and what is deleted only for rules that declare
 * `judges: 'removal'`. Data sources share type names with resources but create nothing, so typed rules never see them.
 */
export function subjectsOf<K extends SubjectKind>(
  kind: K,
  facts: Facts,
  rule: Pick<Rule, 'judges'>,
): readonly Located[] {
  const everything = rule.judges === 'removal' || actsOnRemoval.has(kind);
  const known = found.get(facts) ?? new Map<string, readonly Located[]>();
  found.set(facts, known);
  const key = everything ? `${kind}, removed too` : kind;
  const before = known.get(key);
  if (before !== undefined) return before;
  const all = everyOf(kind, facts);
  const located = everything ? all : all.filter(({ address }) => facts.graph.byId(address)?.change !== 'delete');
  known.set(key, located);
  return located;
}

/** Many rules judge the same kind. */
const found = new WeakMap<Facts, Map<string, readonly Located[]>>();

function everyOf(kind: SubjectKind, facts: Facts): readonly Located[] {
  if (isSpecial(kind)) return enumerate[kind](facts);
  return facts.graph
    .all(kind as ResourceType)
    .filter((resource) => resource.mode === 'managed')
    .map((resource) => ofResource(resource, resource as Subject<SubjectKind>));
}

function isSpecial(kind: SubjectKind): kind is keyof SubjectKinds {
  return Object.hasOwn(enumerate, kind);
}
