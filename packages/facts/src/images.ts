import type { Graph } from '@lukko/terraform-model';
import { hasHole, holesIn, mark, unmark } from './payload/marked.ts';
import type { Hole, ImageUse, Payload } from './types.ts';

/**
 * The registry of an image reference (the grammar of distribution/reference): the first part, when it has a dot or a port or is
 * `localhost`; Docker Hub otherwise, with `library/` before a single name.
 */
export function registryOf(text: string): { registry: string; rest: string; implicit: boolean } {
  const plain = text.replace(/^(docker|oci|containers-storage):\/\//, '');
  const slash = plain.indexOf('/');
  const first = slash < 0 ? '' : plain.slice(0, slash);
  if (first.includes('.') || first.includes(':') || first === 'localhost' || hasHole(first)) {
    return { registry: first.toLowerCase(), rest: plain.slice(slash + 1), implicit: false };
  }
  return { registry: 'docker.io', rest: slash < 0 ? `library/${plain}` : plain, implicit: true };
}

/** An image reference in its parts: `registry/repository:tag@digest`. */
export function parseImage(text: string): Pick<ImageUse, 'registry' | 'repository' | 'tag' | 'digest'> {
  const { registry, rest } = registryOf(text);
  const [named = '', digest] = rest.split('@');
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  return {
    registry,
    repository: tagged ? named.slice(0, colon) : named,
    tag: tagged ? named.slice(colon + 1) : undefined,
    digest: digest !== undefined && /^[a-z0-9]+:[0-9a-f]{32,}$/i.test(digest) ? digest : undefined,
  };
}

/** Container images that are pulled: quadlets, `podman`/`docker` commands of payloads, and resources of container providers. */
export function imagesOf(graph: Graph, payloads: readonly Payload[]): ImageUse[] {
  return [...payloads.flatMap(inPayload), ...inResources(graph)];
}

function inPayload(payload: Payload): ImageUse[] {
  const holes = payload.holes;
  const containers = payload.containers.filter(
    // What a command starts is found by its command.
    ({ image, run }) => image !== '' && run === undefined && !/\.(image|build)$/.test(image),
  );
  return [
    ...containers.map((container) =>
      useOf(container.image, holes, `${container.unit.file.at}:${container.line}`, payload),
    ),
    ...payload.commands.flatMap((command) =>
      pulled(command.program, command.args).map((text) => useOf(text, holes, `${command.at}:${command.line}`, payload)),
    ),
  ];
}

function useOf(text: string | undefined, holes: readonly Hole[], at: string, { server }: Payload): ImageUse {
  if (text === undefined) return { ...NOT_DETERMINED, at, place: server.place, owner: server.id, causes: ['function'] };
  const causes = [...new Set(holesIn(text, holes).flatMap((hole) => hole.causes))].sort();
  const parts = parseImage(text);
  const shown = { ...parts, registry: unmark(parts.registry, holes), repository: unmark(parts.repository, holes) };
  return { text: unmark(text, holes), ...shown, at, place: server.place, owner: server.id, causes };
}

const NOT_DETERMINED = {
  text: 'that is not determined',
  registry: '',
  repository: '',
  tag: undefined,
  digest: undefined,
} as const;

/** Options of `podman run` and `docker run` without a value; every other `-x` or `--x` without `=` takes the next word. */
const FLAGS =
  /^(-d|-i|-t|-it|-ti|-dit|-itd|--rm|--detach|--interactive|--tty|--privileged|--read-only|--init|--replace|--quiet|-q|--all-tags|-a|--no-healthcheck|--oom-kill-disable|--publish-all|-P|--tls-verify)$/;

function pulled(program: string, args: readonly (string | undefined)[]): (string | undefined)[] {
  if (!/^(podman|docker|nerdctl|ctr|crictl)$/.test(program)) return [];
  const words = args[0] === 'image' || args[0] === 'container' ? args.slice(1) : args;
  const [verb] = words;
  if (verb !== 'run' && verb !== 'pull' && verb !== 'create') return [];
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) return [undefined];
    if (!word.startsWith('-')) return [word];
    if (!word.includes('=') && !FLAGS.test(word)) index += 1;
  }
  return [];
}

/** `docker_image.name`, `docker_container.image`, `docker_service` … of container providers. */
function inResources(graph: Graph): ImageUse[] {
  return graph.resources.flatMap((resource): ImageUse[] => {
    if (resource.mode !== 'managed' || resource.change === 'delete') return [];
    const name =
      resource.type === 'docker_image'
        ? 'name'
        : resource.type === 'docker_container' || resource.type === 'podman_container'
          ? 'image'
          : undefined;
    if (name === undefined) return [];
    const attr = resource.attr(name);
    const text = mark(attr.value);
    if (text === undefined || (text.holes.length > 0 && text.holes.some((hole) => hole.target !== undefined)))
      return [];
    const causes = [...new Set(text.holes.flatMap((hole) => hole.causes))].sort();
    const parts = parseImage(text.marked);
    return [
      {
        text: unmark(text.marked, text.holes),
        ...parts,
        registry: unmark(parts.registry, text.holes),
        at: attr.at,
        place: resource.place,
        owner: resource.id,
        causes,
      },
    ];
  });
}
