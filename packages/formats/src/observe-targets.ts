import * as z from 'zod';
import { keyFingerprint } from './attestation.ts';
import { environmentClass, hostName, pattern, schemaVersion } from './common.ts';

const text = z.string().min(1);
const port = z.number().int().min(1).max(65535);
const address = z.union([z.ipv4(), z.ipv6()], { error: 'expected an IP address such as 192.0.2.10' });
const variable = pattern(
  /^[A-Z][A-Z0-9_]*$/,
  'expected the name of an environment variable, such as HCLOUD_TOKEN_LIVE',
);
const https = z.url({ protocol: /^https$/, error: 'expected a URL that starts with https://' });
const days = z.number().int().min(1);
const file = text.describe('Relative to this file.');

/**
 * `observe.yaml`: what `lukko observe` looks at. It holds names of variables and files, never a secret. It cannot say what an
 * observation is worth: that follows from what answered.
 */
export const observeTargets = z
  .strictObject({
    schemaVersion,
    environment: z.strictObject({ name: text, class: environmentClass }),
    vantage: text.describe('A name for the place this is run from, such as office-helsinki.'),
    hetzner: z
      .array(z.strictObject({ project: text, token: variable }))
      .optional()
      .describe('Projects, each with the variable that holds its read-only token.'),
    tls: z
      .array(
        z.strictObject({
          host: hostName,
          port: port.optional(),
          address: address.optional(),
          http: port.optional().describe('Port on which plain HTTP must redirect (default 80).'),
          authority: file
            .optional()
            .describe('PEM of a private authority, where the certificate is not of a public one.'),
          minimum: z.enum(['1.2', '1.3']).optional(),
        }),
      )
      .optional(),
    dns: z
      .array(
        z.strictObject({
          zone: hostName,
          resolver: address,
          port: port.optional(),
          issuers: z.array(hostName).describe('Authorities that CAA must name, and no others.'),
          records: z
            .array(
              z.strictObject({
                name: hostName,
                type: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT']),
                values: z.array(text),
              }),
            )
            .optional(),
        }),
      )
      .optional(),
    securityTxt: z.array(z.strictObject({ url: https, authority: file.optional() })).optional(),
    ports: z
      .array(
        z.strictObject({
          server: text,
          address,
          open: z.array(port).describe('What the declared firewall admits from this vantage point.'),
          closed: z.array(port).describe('What must not answer.'),
        }),
      )
      .optional(),
    hosts: z
      .array(
        z.strictObject({
          name: text,
          address,
          port: port.optional(),
          user: text,
          identity: file.optional(),
          hostKey: keyFingerprint,
        }),
      )
      .optional(),
    logs: z
      .strictObject({
        insert: z.url(),
        query: z.url(),
        probe: https.optional().describe('A public name whose access log ends in that store.'),
        stores: z
          .array(z.strictObject({ name: text, query: z.url(), days }))
          .optional()
          .describe(
            'Each class of lines: where it is asked for its oldest record, and how long it is declared to keep one.',
          ),
        authority: file.optional(),
        certificate: file.optional(),
        key: file.optional(),
      })
      .optional()
      .describe('VictoriaLogs: where lines are written and where they are found again.'),
    errors: z
      .strictObject({
        dsn: variable,
        query: z.url().optional(),
        token: variable.optional(),
        days: days.optional().describe('How long it is declared to keep an event.'),
        authority: file.optional(),
      })
      .optional()
      .describe('GlitchTip: the variable that holds the DSN, and the API that finds an event again.'),
    alerts: z
      .strictObject({ fire: z.url(), delivered: z.url(), authority: file.optional() })
      .optional()
      .describe('Where a synthetic alert is raised, and where its delivery is seen.'),
    forges: z
      .array(
        z.strictObject({
          kind: z.enum(['forgejo', 'gitlab']),
          api: https,
          repository: text,
          branch: text,
          token: variable,
          authority: file.optional(),
          /** Name of the status check that carries the gate's verdict. */
          gate: text,
        }),
      )
      .optional(),
  })
  .meta({ title: 'Observe', description: 'observe.yaml: what lukko observe looks at.' });
export type ObserveTargets = z.infer<typeof observeTargets>;
