export type * from './attr.ts';
export type * from './graph.ts';
export type * from './reason.ts';
export type * from './value.ts';
export { describe } from './describe.ts';
export type { ResourceType } from './zz_resource_types.ts';
