import { instant } from '../actions.ts';
import { commonHandlers, found, removeNow } from '../collection.ts';
import { type Context, created, type Handlers } from '../context.ts';
import { ApiError } from '../errors.ts';
import { checkName } from '../names.ts';
import type { Json, Labels, PlacementGroup } from '../types.ts';

/** Servers of a spread group lie on hosts of their own: so many at most (docs.hetzner.com/cloud/placement-groups). */
const MOST_SERVERS = 10;
const MOST_GROUPS = 50;

const serversOf = (context: Context, id: number): readonly number[] =>
  context.store.all('server').flatMap((server) => (server.placementGroup === id ? [server.id] : []));

export const renderPlacementGroup = (context: Context, group: PlacementGroup): Json => ({
  id: group.id,
  name: group.name,
  labels: group.labels,
  type: group.type,
  created: instant(group.created),
  servers: serversOf(context, group.id),
});

/** @throws ApiError placement_error when the group is full. */
export function refuseFull(context: Context, group: PlacementGroup): void {
  if (serversOf(context, group.id).length >= MOST_SERVERS)
    throw new ApiError('placement_error', `placement group ${group.id} holds ${MOST_SERVERS} servers already`);
}

export const placementGroups: Handlers = {
  ...commonHandlers({
    kind: 'placement_group',
    plural: 'placement_groups',
    operation: 'placementgroup',
    render: renderPlacementGroup,
    filters: { type: ({ type }) => type },
  }),
  create_placementgroup: (context) => {
    const { name, type, labels = {} } = context.body as { name: string; type: string; labels?: Labels };
    checkName(context, 'placement_group', name);
    if (context.store.count('placement_group') >= MOST_GROUPS)
      throw new ApiError('resource_limit_exceeded', `a project has at most ${MOST_GROUPS} placement groups`);
    const group = { id: context.nextId(), name, type, labels, created: context.now };
    return created({
      placement_group: renderPlacementGroup(context, context.store.put('placement_group', group)),
      action: null,
    });
  },
  delete_placementgroup: (context) => {
    const { id } = found(context, 'placement_group');
    if (serversOf(context, id).length > 0)
      throw new ApiError('resource_in_use', `placement group ${id} still has servers`);
    return removeNow(context, 'placement_group', id);
  },
};
