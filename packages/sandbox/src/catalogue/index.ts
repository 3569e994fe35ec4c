export { systemImages } from './images.ts';
export { isos } from './isos.ts';
export { loadBalancerTypes } from './load-balancer-types.ts';
export { locations } from './locations.ts';
export { pricing } from './pricing.ts';
export { isListed, serverTypes } from './server-types.ts';
export { storageBoxTypes } from './storage-box-types.ts';
export type * from './types.ts';
