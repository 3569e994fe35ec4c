import * as z from 'zod';
import { country, date, hostName, schemaVersion } from './common.ts';

const legalEntity = z.strictObject({ entity: z.string().min(1), country });

/** Who operates what: one entry per legal entity that answers for a service. Data of policies/, and of the operators file lukko.yaml may name. */
export const operator = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  name: z.string().min(1),
  legal: legalEntity,
  /** The controlling parent, where another entity controls it. */
  parent: legalEntity.optional(),
  /** Public page that states entity, country and parent. */
  source: z.url(),
  /** When that page was read. */
  date,
  /** Terraform providers by source address without host (`hetznercloud/hcloud`), and what they reach. */
  providers: z
    .array(
      z.strictObject({
        source: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
        /** `nothing`: local only. `fixed`: the operator's hosts. `endpoints`: whatever the provider block's endpoint arguments say. */
        reaches: z.enum(['nothing', 'fixed', 'endpoints']),
        /** Arguments that redirect it, when `reaches` is `endpoints`. */
        endpointArguments: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  /** Terraform backend types that reach this operator when no endpoint is written. */
  backends: z.array(z.string()).optional(),
  /** Domain suffixes: `amazonaws.com` covers every name below it and itself. */
  hosts: z.array(hostName).optional(),
  /** Networks whose addresses the operator answers for: public resolvers and clocks are configured by address. */
  addresses: z.array(z.union([z.cidrv4(), z.cidrv6()])).optional(),
  /** Container registries, by host. */
  registries: z.array(hostName).optional(),
});
export type Operator = z.infer<typeof operator>;

/** A file of operators beside the built-in data, named by lukko.yaml. */
export const operatorsFile = z.strictObject({ schemaVersion, operators: z.array(operator) });
export type OperatorsFile = z.infer<typeof operatorsFile>;
