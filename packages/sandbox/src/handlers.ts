import type { Handlers } from './context.ts';
import { actions } from './resources/actions.ts';
import { catalogueHandlers } from './resources/catalogue.ts';
import { recordSets } from './resources/dns/record-sets.ts';
import { zones } from './resources/dns/zones.ts';
import { firewalls } from './resources/firewalls.ts';
import { images } from './resources/images.ts';
import { networks } from './resources/networks.ts';
import { placementGroups } from './resources/placement-groups.ts';
import { primaryIps } from './resources/primary-ips.ts';
import { servers } from './resources/servers/index.ts';
import { sshKeys } from './resources/ssh-keys.ts';
import { volumes } from './resources/volumes.ts';

/** Every operation that is written, by its operationId; the others answer 501. */
export const handlers: Handlers = {
  ...actions,
  ...catalogueHandlers,
  ...firewalls,
  ...images,
  ...networks,
  ...placementGroups,
  ...primaryIps,
  ...recordSets,
  ...servers,
  ...sshKeys,
  ...volumes,
  ...zones,
};
