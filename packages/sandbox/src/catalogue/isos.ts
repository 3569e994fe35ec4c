import type { Iso } from './types.ts';

/** Installation media. **Realistic, not Hetzner's list**: what 8638 is stands in the acceptance tests of the Terraform provider
 * (v1.68.0, internal/server), other names and ids look alike, one fits any architecture, one is deprecated. */
export const isos: readonly Iso[] = [
  iso(8637, 'debian-12.11.0-amd64-netinst.iso', 'Debian 12 (amd64/netinstall)', 'x86', {
    announced: '2025-09-08T06:00:00Z',
    unavailable_after: '2027-03-08T00:00:00Z',
  }),
  iso(8638, 'SERVER_EVAL_x64FRE_de-de.iso', 'Windows Server 2022 German', 'x86', null),
  iso(9210, 'debian-13.1.0-amd64-netinst.iso', 'Debian 13 (amd64/netinstall)', 'x86', null),
  iso(9211, 'debian-13.1.0-arm64-netinst.iso', 'Debian 13 (arm64/netinstall)', 'arm', null),
  iso(9300, 'ipxe.iso', 'iPXE', null, null),
];

function iso(
  id: number,
  name: string,
  description: string,
  architecture: Iso['architecture'],
  deprecation: Iso['deprecation'],
): Iso {
  return { id, name, description, type: 'public', architecture, deprecation };
}
