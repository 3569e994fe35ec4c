import type { Patch } from './patches.ts';

/*
 * What became of the API between hcloud-go 2.47 and 2.53 (hcloud-python 2.27), that is since August 2026. Fields of answers
 * were read from the schemas of the Go client, filters and sort orders from the Python client.
 */

const changelog = 'https://docs.hetzner.cloud/changelog';
const schemas = '/components/schemas';
const balancerIps = `${changelog}#2026-10-05-load-balancers-can-use-existing-primary-ips`;
const members =
  'hetznercloud/hcloud-go v2.49.0 hcloud/network.go, hetznercloud/hcloud-python v2.27.0 hcloud/networks/client.py';
const int64 = { type: 'integer', format: 'int64' };
const error = { content: { 'application/json': { schema: { $ref: `#${schemas}/error_response` } } } };
const several = (values: readonly string[]) => ({ type: 'array', items: { type: 'string', enum: values } });
const query = (name: string, schema: object) => ({ name, in: 'query', required: false, schema });
const bothWays = (fields: readonly string[]) => fields.flatMap((field) => [field, `${field}:asc`, `${field}:desc`]);

export const autumnPatches: readonly Patch[] = [
  {
    at: [`${schemas}/create_load_balancer_request/properties/public_net`],
    change: { op: 'add', value: { type: 'object', properties: { ipv4: int64, ipv6: int64 } } },
    reason: 'a load balancer may be created with primary IPs that are there since 2026-10-05',
    source: balancerIps,
  },
  {
    at: ['ipv4', 'ipv6'].map((family) => `${schemas}/load_balancer_public_net/properties/${family}/properties/id`),
    change: { op: 'add', value: { ...int64, nullable: true } },
    reason: 'the primary IP of a load balancer is named',
    source: 'hetznercloud/hcloud-go v2.52.0 hcloud/schema/load_balancer.go',
  },
  {
    at: ['ipv4', 'ipv6'].map((family) => `${schemas}/load_balancer_public_net/properties/${family}/properties/blocked`),
    change: { op: 'add', value: { type: 'boolean' } },
    reason: 'addresses of load balancers say whether they are blocked',
    source: 'hetznercloud/hcloud-go v2.52.0 hcloud/schema/load_balancer.go',
  },
  {
    at: ['create', 'get', 'replace']
      .map((verb) => `${schemas}/${verb}_primary_ip_response/properties/primary_ip`)
      .concat(`${schemas}/list_primary_ips_response/properties/primary_ips/items`)
      .map((owner) => `${owner}/properties/assignee_type/enum`),
    change: { op: 'with', value: 'load_balancer' },
    reason: 'load balancers hold primary IPs too; the word is that of the type of a resource elsewhere',
    source: balancerIps,
  },
  {
    at: ['/paths/~1load_balancers~1{id}/delete/responses/204'],
    change: { op: 'remove' },
    reason: 'deleting a load balancer answers with an action since 2026-10-05',
    source: `${changelog}#2026-10-05-delete-load-balancer-returns-action`,
  },
  {
    at: ['/paths/~1load_balancers~1{id}/delete/responses/201'],
    change: {
      op: 'add',
      value: { content: { 'application/json': { schema: { $ref: `#${schemas}/delete_server_response` } } } },
    },
    reason: 'the same: its status is 201',
    source: 'https://github.com/hetznercloud/hcloud-go/releases/tag/v2.52.0',
  },
  {
    at: [`${schemas}/load_balancer_target_health_status/properties/detail`],
    change: {
      op: 'add',
      value: {
        type: 'string',
        nullable: true,
        enum: [
          'unspecified',
          'layer4_no_connection',
          'layer4_timeout',
          'layer7_timeout',
          'unexpected_http_status',
          'unexpected_http_content',
        ],
      },
    },
    reason: 'why a target is not healthy is told',
    source: 'hetznercloud/hcloud-go v2.50.0 hcloud/load_balancer.go',
  },
  {
    at: [`${schemas}/load_balancer_target_health_status/properties/http_status_code`],
    change: { op: 'add', value: { type: 'integer', nullable: true } },
    reason: 'why a target is not healthy is told',
    source: 'hetznercloud/hcloud-go v2.50.0 hcloud/schema/load_balancer.go',
  },
  {
    at: [`${schemas}/image/properties/deprecation`],
    change: { op: 'add', value: { allOf: [{ $ref: `#${schemas}/deprecation_info` }], nullable: true } },
    reason:
      'images announce their deprecation as server types do; `deprecated`, which goes, is still answered beside it',
    source: `${changelog}#2026-09-08-removing-the-deprecated-field`,
  },
  {
    at: [`${schemas}/network_member`],
    change: {
      op: 'add',
      value: {
        type: 'object',
        required: ['id', 'type', 'ip', 'alias_ips', 'subnet', 'status'],
        properties: {
          id: int64,
          type: { type: 'string', enum: ['server', 'load_balancer'] },
          ip: { type: 'string' },
          alias_ips: { type: 'array', items: { type: 'string' } },
          subnet: { type: 'string' },
          status: { type: 'string', enum: ['ok', 'attaching', 'detaching', 'updating', 'error'] },
        },
      },
    },
    reason: 'a resource that is attached to a network, as its list of members shows it',
    source: members,
  },
  {
    at: ['/paths/~1networks~1{id}~1members'],
    change: {
      op: 'add',
      value: {
        servers: [{ url: 'https://api.hetzner.cloud/v1' }],
        get: {
          operationId: 'list_network_members',
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { ...int64, maximum: Number.MAX_SAFE_INTEGER } },
            query('type', several(['server', 'load_balancer'])),
            query('status', several(['ok', 'attaching', 'detaching', 'updating', 'error'])),
            query('subnet', { type: 'array', items: { type: 'string' } }),
            query('sort', several(bothWays(['id', 'type', 'status', 'ip']))),
            query('page', { ...int64, default: 1 }),
            query('per_page', { ...int64, default: 25 }),
          ],
          responses: {
            200: {
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    required: ['members', 'meta'],
                    properties: {
                      members: { type: 'array', items: { $ref: `#${schemas}/network_member` } },
                      meta: { $ref: `#${schemas}/meta` },
                    },
                  },
                },
              },
            },
            '4xx': error,
            '5xx': error,
          },
        },
      },
    },
    reason: 'the members of a network can be listed',
    source: members,
  },
];
