import * as z from 'zod';
import { date, schemaVersion } from './common.ts';

/** A public key or thumbprint of a real key pair whose private part was thrown away as soon as it was made. */
export const fixture = z.strictObject({
  kind: z.enum(['tang-thumbprint', 'age-recipient', 'ssh-user-ca']),
  /** As it stands in the configuration. */
  value: z.string().min(1),
  /** Where in the configuration: `keys.servers[0].thumbprint`. */
  usedFor: z.string().min(1),
  /** The command that made the pair. */
  command: z.string().min(1),
  made: date,
});
export type Fixture = z.infer<typeof fixture>;

/**
 * `config/fixtures.json`: nobody can open what is sealed to these, so the plan gate refuses each of them at any endpoint that
 * is not loopback.
 */
export const fixtures = z.strictObject({ schemaVersion, fixtures: z.array(fixture) });
export type Fixtures = z.infer<typeof fixtures>;
