export { parseBlock } from './cidr.ts';
export { deriveFacts, type FactsOptions } from './derive.ts';
export { inboundOf } from './exposure.ts';
export { parseImage, registryOf } from './images.ts';
export { LOCATIONS, locationOf, locationsOfZone, zoneInEu } from './locations.ts';
export { type OpenTogether, opensTogether } from './open-together.ts';
export { sshdSettings } from './payload/config-files.ts';
export { unmark } from './payload/marked.ts';
export type * from './types.ts';
