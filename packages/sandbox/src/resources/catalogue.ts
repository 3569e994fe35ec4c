import { type Context, type Handler, type Handlers, ok } from '../context.ts';
import { ApiError, notFound } from '../errors.ts';
import { listPage, pathId } from '../list.ts';

interface Entry {
  readonly id: number;
  readonly name: string;
  readonly architecture?: string | null;
}

/** Lists of what Hetzner sells: read only. */
const list =
  (plural: string, entries: (context: Context) => readonly Entry[]): Handler =>
  (context) =>
    ok(
      listPage<Entry>(plural, entries(context), context.query, (entry) => entry, {
        filters: { name: ({ name }) => name, architecture: ({ architecture }) => architecture ?? undefined },
        sorts: { name: ({ name }) => name },
      }),
    );

const get =
  (singular: string, find: (context: Context) => (id: number) => Entry | undefined): Handler =>
  (context) => {
    const id = pathId(context.params.id, singular);
    const entry = find(context)(id);
    if (entry === undefined) throw notFound(singular.replaceAll('_', ' '), id);
    return ok({ [singular]: entry });
  };

/** Gone since 2026-10-01 (docs.hetzner.cloud/changelog). */
const gone: Handler = () => {
  throw new ApiError('deprecated_api_endpoint', 'datacenters are no longer part of the API: use locations');
};

export const catalogueHandlers: Handlers = {
  list_locations: list('locations', ({ lookups }) => lookups.locations),
  get_location: get('location', ({ lookups }) => lookups.location),
  list_server_types: list('server_types', ({ lookups, now }) => lookups.listedServerTypes(now)),
  get_server_type: get('server_type', ({ lookups }) => lookups.serverType),
  list_load_balancer_types: list('load_balancer_types', ({ lookups }) => lookups.loadBalancerTypes),
  get_load_balancer_type: get('load_balancer_type', ({ lookups }) => lookups.loadBalancerType),
  list_storage_box_types: list('storage_box_types', ({ lookups }) => lookups.storageBoxTypes),
  get_storage_box_type: get('storage_box_type', ({ lookups }) => lookups.storageBoxType),
  list_isos: (context) => {
    // Media for any architecture are shown with those of one when they are asked for.
    const wildcards = context.query.get('include_architecture_wildcard') === 'true';
    const asked = new Set(context.query.getAll('architecture'));
    const shown = context.lookups.isos.filter(
      ({ architecture }) => asked.size === 0 || (architecture === null ? wildcards : asked.has(architecture)),
    );
    const page = listPage('isos', shown, context.query, (iso) => iso, { filters: { name: ({ name }) => name } });
    return ok(page);
  },
  get_iso: get('iso', ({ lookups }) => lookups.iso),
  list_prices: ({ lookups, now }) => ok({ pricing: lookups.pricing(now) }),
  list_data_centers: gone,
  get_data_center: gone,
};
