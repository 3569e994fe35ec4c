import type { Container, Unit } from '../types.ts';
import { hasHole } from './marked.ts';
import { splitWords, valuesOf } from './unit-file.ts';

/**
 * Podman's quadlets (podman-systemd.unit(5)): the image, the host paths it is given, published ports. A volume by name is a
 * podman volume, kept below the graph root: its host path is written `volume:<name>`.
 */
export function containersOf(units: readonly Unit[]): Container[] {
  return units.flatMap((unit) => {
    if (!unit.name.endsWith('.container')) return [];
    const image = unit.entries.filter((entry) => entry.section === 'Container' && entry.key === 'Image').pop();
    const brought = units.find(({ name }) => name.endsWith('.image') && name === image?.value);
    const networks = networksOf(unit, units);
    return [
      {
        unit,
        image:
          (brought === undefined ? undefined : valuesOf(brought.entries, 'Image', 'Image').at(-1)) ??
          image?.value ??
          '',
        line: image?.line ?? 1,
        volumes: valuesOf(unit.entries, 'Container', 'Volume').map(mountOf).concat(mountsOf(unit)),
        networkHost: networks.names.includes('host'),
        publishes: networks.publishes,
      },
    ];
  });
}

/** Networks and ports of a container: its own, those of its pod, and of the container whose network it shares. */
function networksOf(
  unit: Unit,
  units: readonly Unit[],
): { readonly names: readonly string[]; readonly publishes: readonly string[] } {
  const pods = valuesOf(unit.entries, 'Container', 'Pod').flatMap((name) => units.filter((each) => each.name === name));
  const shared = valuesOf(unit.entries, 'Container', 'Network').flatMap((text) => {
    const name = /^container:(.+)$/.exec(text)?.[1];
    return units.filter(
      (each) =>
        each !== unit &&
        each.name.endsWith('.container') &&
        (each.name === text ||
          (name !== undefined &&
            (valuesOf(each.entries, 'Container', 'ContainerName').at(-1) ??
              `systemd-${each.name.replace(/\.container$/, '')}`) === name)),
    );
  });
  const of = (key: string): readonly string[] => [
    ...[unit, ...shared].flatMap((each) => valuesOf(each.entries, 'Container', key)),
    ...pods.flatMap((each) => valuesOf(each.entries, 'Pod', key)),
  ];
  const names = of('Network');
  // podman-network-create(1): these give a container an address of its own beside the host's.
  const beside = names.filter((text) =>
    units.some(
      ({ name, entries }) =>
        name === `${text.replace(/\.network$/, '')}.network` &&
        valuesOf(entries, 'Network', 'Driver').some((driver) => /^(macvlan|ipvlan)$/.test(driver)),
    ),
  );
  return { names, publishes: [...of('PublishPort'), ...beside.map((text) => `every port, on ${text},`)] };
}

type Mounted = Container['volumes'][number];

function mountOf(text: string): Mounted {
  const [first = '', second, options = ''] = text.split(':');
  const readOnly = options.split(',').includes('ro');
  if (second === undefined) return { host: 'volume:', container: first, readOnly };
  return {
    host: /^[/.]/.test(first) || hasHole(first) ? first : `volume:${first}`,
    container: second,
    readOnly,
  };
}

/** `Mount=type=bind,source=/a,destination=/b` */
function mountsOf(unit: Unit): Mounted[] {
  return valuesOf(unit.entries, 'Container', 'Mount', true).flatMap((text) => {
    const fields = new Map(
      text.split(',').map((part): [string, string] => {
        const equals = part.indexOf('=');
        return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      }),
    );
    const container = fields.get('destination') ?? fields.get('dst') ?? fields.get('target') ?? '';
    const source = fields.get('source') ?? fields.get('src') ?? '';
    if (fields.get('type') === 'tmpfs') return [];
    const readOnly = ['ro', 'readonly'].some((key) => fields.has(key) && fields.get(key) !== 'false');
    return [{ host: fields.get('type') === 'bind' ? source : `volume:${source}`, container, readOnly }];
  });
}

/** Arguments of the container's program: `Exec=`. */
export function execOf(container: Container): string[] {
  const exec = container.unit.entries.filter((entry) => entry.section === 'Container' && entry.key === 'Exec').pop();
  return exec === undefined ? [] : splitWords(exec.value);
}
