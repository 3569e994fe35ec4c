import { autumnPatches } from './patches-autumn-2026.ts';

/**
 * Corrections to the API description that `zz_operations.json` is reduced from, each with its reason and where that is
 * written. They are applied to the description before it is reduced; one that no longer fits stops the reduction, so a newer
 * description cannot silently lose or double a correction.
 */
export type Change =
  /** The pointer must name something; it goes. */
  | { readonly op: 'remove' }
  /** The pointer must name nothing yet. */
  | { readonly op: 'add'; readonly value: unknown }
  /** The pointer must name something. */
  | { readonly op: 'replace'; readonly value: unknown }
  /** The pointer names a list (`required`, `enum`) that must hold the value: it goes out of it. */
  | { readonly op: 'without'; readonly value: string }
  /** The pointer names a list that must not hold the value: it comes in. */
  | { readonly op: 'with'; readonly value: string };

export interface Patch {
  /** JSON pointers (RFC 6901) into the description. */
  readonly at: readonly string[];
  readonly change: Change;
  readonly reason: string;
  /** A page, or a file of a public repository. */
  readonly source: string;
}

const changelog = 'https://docs.hetzner.cloud/changelog';
const hcloudGo = 'hetznercloud/hcloud-go v2.47';
const schemas = '/components/schemas';

/** The four responses that spell a primary IP out instead of referring to it. */
const primaryIps = [
  `${schemas}/create_primary_ip_response/properties/primary_ip`,
  `${schemas}/get_primary_ip_response/properties/primary_ip`,
  `${schemas}/list_primary_ips_response/properties/primary_ips/items`,
  `${schemas}/replace_primary_ip_response/properties/primary_ip`,
];
const datacenterOwners = [...primaryIps, `${schemas}/server`];
const idOrName = { anyOf: [{ type: 'integer', format: 'int64' }, { type: 'string' }] };
const int64 = { type: 'integer', format: 'int64' };
const errorResponse = { content: { 'application/json': { schema: { $ref: '#/components/schemas/error_response' } } } };

/** Fields that take an id as a number as well as a name. */
const idOrNameFields = [
  'change_type_of_load_balancer_request/properties/load_balancer_type',
  'create_floating_ip_request/properties/home_location',
  'create_load_balancer_request/properties/load_balancer_type',
  'create_load_balancer_request/properties/location',
  'create_primary_ip_request/properties/location',
  'create_server_request/properties/server_type',
  'create_server_request/properties/image',
  'create_server_request/properties/location',
  'create_server_request/properties/ssh_keys/items',
  'attach_iso_to_server_request/properties/iso',
  'change_type_of_server_request/properties/server_type',
  'rebuild_server_from_image_request/properties/image',
  'create_volume_request/properties/location',
  'create_storage_box_request/properties/storage_box_type',
  'create_storage_box_request/properties/location',
  'change_type_request/properties/storage_box_type',
  'rollback_snapshot_request/properties/snapshot',
];

/** What may be measured. */
const metrics = {
  servers: 'cpu|disk|network',
  load_balancers: 'open_connections|connections_per_second|requests_per_second|bandwidth',
};

/** Properties of answers that the description forgot to require. */
const alwaysAnswered: Readonly<Record<string, readonly string[]>> = {
  create_firewall_response: ['actions', 'firewall'],
  create_image_from_server_response: ['action', 'image'],
  create_network_response: ['network'],
  delete_server_response: ['action'],
  enable_rescue_mode_for_server_response: ['action', 'root_password'],
  get_image_response: ['image'],
  get_load_balancer_type_response: ['load_balancer_type'],
  get_network_response: ['network'],
  get_server_response: ['server'],
  rebuild_server_from_image_response: ['action'],
  replace_image_response: ['image'],
  replace_network_response: ['network'],
  replace_server_response: ['server'],
  reset_root_password_of_server_response: ['action', 'root_password'],
};

export const patches: readonly Patch[] = [
  {
    at: [
      `${schemas}/create_server_request/properties/datacenter`,
      `${schemas}/create_primary_ip_request/properties/datacenter`,
    ],
    change: { op: 'remove' },
    reason: 'datacenter is gone from POST /servers and POST /primary_ips since 2026-07-01',
    source: `${changelog}#2026-07-01-removing-datacenters`,
  },
  {
    at: datacenterOwners.map((owner) => `${owner}/properties/datacenter`),
    change: { op: 'remove' },
    reason: 'datacenter is gone from servers and primary IPs in responses since 2026-07-01',
    source: `${changelog}#2026-07-01-removing-datacenters`,
  },
  {
    at: datacenterOwners.map((owner) => `${owner}/required`),
    change: { op: 'without', value: 'datacenter' },
    reason: 'a property that is gone cannot be required',
    source: `${changelog}#2026-07-01-removing-datacenters`,
  },
  {
    at: ['/paths/~1datacenters/get/responses/200', '/paths/~1datacenters~1{id}/get/responses/200'],
    change: { op: 'remove' },
    reason: 'GET /datacenters answers 410 Gone since 2026-10-01',
    source: `${changelog}#2026-06-02-datacenters-deprecated`,
  },
  {
    at: ['/paths/~1datacenters/get/responses/410', '/paths/~1datacenters~1{id}/get/responses/410'],
    change: { op: 'add', value: errorResponse },
    reason: 'GET /datacenters answers 410 Gone since 2026-10-01, error code deprecated_api_endpoint',
    source: `${changelog}#2026-06-02-datacenters-deprecated and ${hcloudGo} hcloud/error.go`,
  },
  {
    at: [`${schemas}/create_primary_ip_request/required`],
    change: { op: 'without', value: 'assignee_type' },
    reason: 'assignee_type is optional when a primary IP is created',
    source: `${changelog}#2026-04-27-primary-ips-make-assignee_type-optional`,
  },
  {
    at: primaryIps.map((owner) => `${owner}/properties/assignee_type/enum`),
    change: { op: 'with', value: 'unassigned' },
    reason: 'a primary IP nobody uses says unassigned since 2026-08-01',
    source: `${changelog}#2026-04-27-primary-ips-will-return-unassigned`,
  },
  {
    at: [
      `${schemas}/server_type_location/properties/available`,
      `${schemas}/server_type_location/properties/recommended`,
    ],
    change: { op: 'add', value: { type: 'boolean' } },
    reason: 'availability moved from data centers to the locations of a server type on 2026-04-01',
    source: `${changelog}#2026-04-01-datacenter-deprecations`,
  },
  {
    at: [`${schemas}/load_balancer_type/properties/deprecation`],
    change: { op: 'add', value: { allOf: [{ $ref: '#/components/schemas/deprecation_info' }], nullable: true } },
    reason: 'load balancer types announce their deprecation as server types do',
    source: `${hcloudGo} hcloud/schema/load_balancer_type.go`,
  },
  {
    at: [
      `${schemas}/create_load_balancer_request/properties/services/items`,
      '/paths/~1load_balancers~1{id}~1actions~1add_service/post/requestBody/content/application~1json/schema',
    ],
    change: { op: 'replace', value: { $ref: '#/components/schemas/new_load_balancer_service' } },
    reason: 'what a service needs in a request is less than what a response shows of it',
    source: `${hcloudGo} hcloud/schema/load_balancer.go sends neither health_check nor ports when they are not set`,
  },
  {
    at: [`${schemas}/new_load_balancer_service`],
    change: {
      op: 'add',
      value: {
        type: 'object',
        required: ['protocol'],
        properties: {
          protocol: { type: 'string', enum: ['http', 'https', 'tcp'] },
          listen_port: { type: 'integer' },
          destination_port: { type: 'integer' },
          proxyprotocol: { type: 'boolean' },
          http: { $ref: '#/components/schemas/http' },
          health_check: {
            type: 'object',
            required: ['protocol'],
            properties: {
              protocol: { type: 'string', enum: ['http', 'tcp'] },
              port: { type: 'integer' },
              interval: { type: 'integer' },
              timeout: { type: 'integer' },
              retries: { type: 'integer' },
              http: {
                type: 'object',
                properties: {
                  domain: { type: 'string', nullable: true },
                  path: { type: 'string' },
                  response: { type: 'string' },
                  status_codes: { type: 'array', items: { type: 'string' } },
                  tls: { type: 'boolean' },
                },
              },
            },
          },
        },
      },
    },
    reason: 'the request form of a load balancer service',
    source: `${hcloudGo} hcloud/schema/load_balancer.go`,
  },
  {
    at: [`${schemas}/http/properties/timeout_idle`],
    change: { op: 'add', value: { type: 'integer' } },
    reason: 'the idle timeout of HTTP services can be configured since 2026-04-30',
    source: `${changelog}#2026-04-30-load-balancers-http-idle-timeout-can-now-be-configured`,
  },
  {
    at: idOrNameFields.map((field) => `${schemas}/${field}`),
    change: { op: 'replace', value: idOrName },
    reason: 'prose says id or name, and an id may be sent as a number: the official clients do',
    source: `${hcloudGo} hcloud/schema/id_or_name.go, ssh_keys in hcloud/schema/server.go; hcloud-python 2.11 id_or_name`,
  },
  {
    at: [
      `${schemas}/create_server_request/properties/user_data/maxLength`,
      `${schemas}/rebuild_server_from_image_request/properties/user_data/maxLength`,
    ],
    change: { op: 'add', value: 32768 },
    reason: 'the limit of 32 KiB stands only in prose; the answer is "Length must be between 0 and 32768."',
    source: 'https://github.com/pellepelster/solidblocks/issues/10',
  },
  {
    at: [
      `${schemas}/create_image_from_server_request/properties/description`,
      `${schemas}/create_image_from_server_request/properties/type`,
    ].map((field) => `${field}/nullable`),
    change: { op: 'add', value: true },
    reason: 'the official Go client sends null when none is given',
    source: `${hcloudGo} hcloud/schema/server.go`,
  },
  {
    at: [`${schemas}/set_rules_request/properties/rules/nullable`],
    change: { op: 'add', value: true },
    reason: 'the official Go client sends null for no rules',
    source: `${hcloudGo} hcloud/zz_schema_converter.go`,
  },
  {
    at: [
      '/paths/~1floating_ips~1{id}~1actions~1change_dns_ptr/post/requestBody/content/application~1json/schema',
      '/paths/~1primary_ips~1{id}~1actions~1change_dns_ptr/post/requestBody/content/application~1json/schema',
    ],
    change: {
      op: 'replace',
      value: { $ref: '#/components/schemas/change_reverse_dns_entry_for_this_server_request' },
    },
    reason: 'dns_ptr null resets the entry, for floating and primary IPs as for servers',
    source: `${hcloudGo} hcloud/schema/floating_ip.go and primary_ip.go`,
  },
  {
    at: [`${schemas}/load_balancer_add_target/properties/use_private_ip/nullable`],
    change: { op: 'add', value: true },
    reason: 'the official Python client sends null when it is not set',
    source: 'hetznercloud/hcloud-python hcloud/load_balancers/client.py, create and add_target',
  },
  ...(['servers', 'load_balancers'] as const).map((owner) => ({
    at: [`/paths/~1${owner}~1{id}~1metrics/get/parameters/1/schema/items`],
    change: {
      op: 'replace' as const,
      value: { type: 'string', pattern: `^(${metrics[owner]})(,(${metrics[owner]}))*$` },
    },
    reason:
      'several types may also stand in one parameter with commas between them: the official Python client sends them so',
    source: 'hetznercloud/hcloud-python hcloud/servers/client.py and hcloud/load_balancers/client.py, get_metrics',
  })),
  {
    at: [`${schemas}/update_access_settings_request/properties/zfs_enabled`],
    change: { op: 'add', value: { type: 'boolean' } },
    reason: 'the official client may set it when it changes the access settings of a storage box',
    source: `${hcloudGo} hcloud/schema/storage_box.go`,
  },
  {
    at: [
      `${schemas}/location/properties/name/pattern`,
      `${schemas}/location/properties/network_zone/pattern`,
      `${schemas}/data_center/properties/name/pattern`,
    ],
    change: { op: 'replace', value: '^[a-z0-9][a-z0-9-]*$' },
    reason: 'the same words by an expression that needs linear time; the original backtracks exponentially',
    source: 'the expressions themselves: ^[a-z0-9]+(-?[a-z0-9]*)*$',
  },
  {
    at: [`${schemas}/server_type/properties/included_traffic`],
    change: { op: 'add', value: int64 },
    reason: 'still answered, always 0 since 2024-08-05',
    source: `${hcloudGo} hcloud/schema/server_type.go`,
  },
  ...Object.entries(alwaysAnswered).map(([name, required]) => ({
    at: [`${schemas}/${name}/required`],
    change: { op: 'add' as const, value: required },
    reason: 'the answer is nothing without them; without this an empty object would count as one',
    source: `${hcloudGo} hcloud/schema, which reads them whenever the request succeeded`,
  })),
  ...autumnPatches,
];
