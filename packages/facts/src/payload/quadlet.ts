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
    return [
      {
        unit,
        image: image?.value ?? '',
        line: image?.line ?? 1,
        volumes: valuesOf(unit.entries, 'Container', 'Volume').map(mountOf).concat(mountsOf(unit)),
        networkHost: valuesOf(unit.entries, 'Container', 'Network').includes('host'),
        publishes: valuesOf(unit.entries, 'Container', 'PublishPort'),
      },
    ];
  });
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
