export * as der from './der.ts';
export { DRIFTS, type DriftReport } from './drift/drift.ts';
export type { Standing } from './faults/faults.ts';
export { FAULT_LIMITS, FAULT_WORDS } from './faults/words.ts';
export type { Overview } from './overview.ts';
export { coverage, Sandbox } from './sandbox.ts';
export type { ProjectOptions, SandboxRequest, SandboxResponse } from './types.ts';
