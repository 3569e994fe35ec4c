import { LOCATIONS, locationOf, locationsOfZone, zoneInEu } from '@lukko/facts';
import { factsOf } from './sample.ts';

const placed = (resource: object, more: object = {}) =>
  factsOf({ resource, ...more }).placements.map(
    ({ resource: at, attr, holds, by, location }) =>
      `${at.type} ${attr.path.join('.')} ${attr.text ?? attr.value.state} ${holds} ${by} ${location?.country ?? '-'}`,
  );

it.each([
  [{ hcloud_server: { a: { location: 'hel1' } } }, ['hcloud_server location hel1 disk location FI']],
  [{ hcloud_server: { a: { datacenter: 'ash-dc1' } } }, ['hcloud_server datacenter ash-dc1 disk location US']],
  [{ hcloud_server: { a: {} } }, ['hcloud_server location unset disk location -']],
  [{ hcloud_server: { a: { location: 'mars' } } }, ['hcloud_server location mars disk location -']],
  [{ hcloud_volume: { a: { location: '${var.x}' } } }, ['hcloud_volume location unknown disk location -']],
  [
    { hcloud_volume: { a: { server_id: '${hcloud_server.b.id}' } }, hcloud_server: { b: { location: 'sin' } } },
    ['hcloud_server location sin disk location SG', 'hcloud_volume location sin disk location SG'],
  ],
  [{ hcloud_volume: { a: { server_id: 4711 } } }, ['hcloud_volume server_id 4711 disk location -']],
  [{ hcloud_volume: { a: { server_id: '${var.x}' } } }, ['hcloud_volume server_id unknown disk location -']],
  [{ hcloud_volume: { a: { server_id: null } } }, ['hcloud_volume location unset disk location -']],
  [{ hcloud_primary_ip: { a: { location: 'fsn1' } } }, ['hcloud_primary_ip location fsn1 address location DE']],
  [
    { hcloud_floating_ip: { a: { home_location: 'hil' } } },
    ['hcloud_floating_ip home_location hil address location US'],
  ],
  [
    { hcloud_load_balancer: { a: { network_zone: 'us-east' } } },
    ['hcloud_load_balancer network_zone us-east traffic network-zone -'],
  ],
  [{ hcloud_load_balancer: { a: { location: 'nbg1' } } }, ['hcloud_load_balancer location nbg1 traffic location DE']],
  [
    { hcloud_network_subnet: { a: { network_zone: 'eu-central' } } },
    ['hcloud_network_subnet network_zone eu-central traffic network-zone -'],
  ],
  [{ hcloud_storage_box: { a: { location: 'hel1' } } }, ['hcloud_storage_box location hel1 disk location FI']],
  [
    { hcloud_snapshot: { a: { server_id: '${hcloud_server.b.id}' } }, hcloud_server: { b: { location: 'ash' } } },
    ['hcloud_server location ash disk location US', 'hcloud_snapshot location ash disk location US'],
  ],
  [{ hcloud_firewall: { a: {} }, hcloud_zone: { b: {} }, hcloud_ssh_key: { c: {} } }, []],
])('%j', (resource, expected) => {
  expect(placed(resource, { variable: { x: {} } }).sort()).toEqual(expected);
});

it('locations and zones are those of the table', () => {
  expect(LOCATIONS.filter((location) => location.eu).map((location) => location.name)).toEqual([
    'fsn1',
    'nbg1',
    'hel1',
  ]);
  expect(locationOf('hel1-dc2')?.city).toBe('Helsinki');
  expect([locationOf('HEL1'), locationOf('Hel1-dc2'), zoneInEu('EU-central')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(locationsOfZone('eu-central')).toHaveLength(3);
  expect([zoneInEu('eu-central'), zoneInEu('us-east'), zoneInEu('moon')]).toEqual([true, false, undefined]);
});
