import type { SandboxSettings } from '../../packages/cli/src/sandbox/start.ts';

/** The sandbox that plans are recorded against: its tokens are made from the seed, so that a test can look for them in what was recorded. */
export const RECORDING: SandboxSettings = {
  projects: ['main', 'keys', 'foreign'],
  port: 0,
  speed: Number.POSITIVE_INFINITY,
  rateLimit: 1_000_000,
  seed: 'recorded plans',
};
