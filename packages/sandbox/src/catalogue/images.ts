import type { Architecture, SystemImage } from './types.ts';

interface Release {
  readonly name: string;
  readonly description: string;
  readonly flavor: string;
  readonly version: string | null;
  readonly created: string;
  readonly ids: Readonly<Record<Architecture, number>>;
  readonly deprecated?: string;
  readonly unavailable?: string;
  readonly app?: true;
}

const releases: readonly Release[] = [
  {
    name: 'ubuntu-20.04',
    description: 'Ubuntu 20.04',
    flavor: 'ubuntu',
    version: '20.04',
    created: '2020-04-23T17:55:14Z',
    ids: { x86: 15512617, arm: 103908071 },
    deprecated: '2025-05-31T00:00:00Z',
    unavailable: '2025-08-31T00:00:00Z',
  },
  {
    name: 'ubuntu-22.04',
    description: 'Ubuntu 22.04',
    flavor: 'ubuntu',
    version: '22.04',
    created: '2022-04-21T13:32:38Z',
    ids: { x86: 67794396, arm: 103908130 },
  },
  {
    name: 'ubuntu-24.04',
    description: 'Ubuntu 24.04',
    flavor: 'ubuntu',
    version: '24.04',
    created: '2024-04-25T13:26:27Z',
    ids: { x86: 161547269, arm: 161547270 },
  },
  {
    name: 'debian-12',
    description: 'Debian 12',
    flavor: 'debian',
    version: '12',
    created: '2023-06-13T06:00:00Z',
    ids: { x86: 114690387, arm: 114690389 },
  },
  {
    name: 'debian-13',
    description: 'Debian 13',
    flavor: 'debian',
    version: '13',
    created: '2025-08-11T06:00:00Z',
    ids: { x86: 310557660, arm: 310557661 },
  },
  {
    name: 'rocky-9',
    description: 'Rocky Linux 9',
    flavor: 'rocky',
    version: '9',
    created: '2022-07-18T08:00:00Z',
    ids: { x86: 76766499, arm: 103907371 },
  },
  {
    name: 'alma-9',
    description: 'AlmaLinux 9',
    flavor: 'alma',
    version: '9',
    created: '2023-05-03T08:00:00Z',
    ids: { x86: 103908088, arm: 103908131 },
  },
  {
    name: 'docker-ce',
    description: 'docker-ce',
    flavor: 'ubuntu',
    version: '24.04',
    created: '2024-05-06T08:00:00Z',
    ids: { x86: 40093247, arm: 105888141 },
    app: true,
  },
];

/**
 * Images that belong to Hetzner, each for both architectures. **Realistic, not Hetzner's list**: the id of ubuntu-24.04 on x86
 * is held by the acceptance tests of the Terraform provider (v1.68.0, internal/teste2e), that of debian-12 on x86 by an example
 * in its documentation; other ids, sizes and dates look alike. Sorted by id.
 */
export const systemImages: readonly SystemImage[] = releases
  .flatMap((release) => (['x86', 'arm'] as const).map((architecture) => image(release, architecture)))
  .sort((a, b) => a.id - b.id);

function image(release: Release, architecture: Architecture): SystemImage {
  return {
    id: release.ids[architecture],
    type: release.app ? 'app' : 'system',
    status: 'available',
    name: release.name,
    description: release.description,
    image_size: null,
    disk_size: 5,
    created: release.created,
    created_from: null,
    bound_to: null,
    os_flavor: release.flavor,
    os_version: release.version,
    rapid_deploy: architecture === 'x86' && !release.app,
    protection: { delete: false },
    deprecated: release.deprecated ?? null,
    deprecation:
      release.deprecated === undefined || release.unavailable === undefined
        ? null
        : { announced: release.deprecated, unavailable_after: release.unavailable },
    deleted: null,
    labels: {},
    architecture,
  };
}
