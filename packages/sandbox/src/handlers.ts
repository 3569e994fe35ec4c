import type { Handlers } from './context.ts';
import { actions } from './resources/actions.ts';
import { catalogueHandlers } from './resources/catalogue.ts';
import { certificates } from './resources/certificates/index.ts';
import { recordSets } from './resources/dns/record-sets.ts';
import { zones } from './resources/dns/zones.ts';
import { firewalls } from './resources/firewalls.ts';
import { floatingIps } from './resources/floating-ips.ts';
import { images } from './resources/images.ts';
import { loadBalancers } from './resources/load-balancers/index.ts';
import { networks } from './resources/networks.ts';
import { placementGroups } from './resources/placement-groups.ts';
import { primaryIps } from './resources/primary-ips.ts';
import { servers } from './resources/servers/index.ts';
import { sshKeys } from './resources/ssh-keys.ts';
import { storageBoxes } from './resources/storage-boxes/index.ts';
import { volumes } from './resources/volumes.ts';

/** Every operation that is written, by its operationId; the others answer 501. */
export const handlers: Handlers = {
  ...actions,
  ...catalogueHandlers,
  ...certificates,
  ...firewalls,
  ...floatingIps,
  ...images,
  ...loadBalancers,
  ...networks,
  ...placementGroups,
  ...primaryIps,
  ...recordSets,
  ...servers,
  ...sshKeys,
  ...storageBoxes,
  ...volumes,
  ...zones,
};
