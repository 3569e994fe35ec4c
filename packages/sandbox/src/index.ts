export { coverage, Sandbox } from './sandbox.ts';
export type { ProjectOptions, SandboxRequest, SandboxResponse } from './types.ts';
