import { nestedBlocks } from './zz_resource_types.ts';

/** Every resource type of Hetzner's provider. */
export const resourceTypes: readonly string[] = Object.keys(nestedBlocks);
