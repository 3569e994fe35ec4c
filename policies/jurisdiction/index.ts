import type { Operator } from '@lukko/formats';
import { businessApps } from './business-apps.ts';
import { certificateAuthorities } from './certificate-authorities.ts';
import { contentNetworks } from './content-networks.ts';
import { customerContact } from './customer-contact.ts';
import { dataPlatforms } from './data-platforms.ts';
import { developerTools } from './developer-tools.ts';
import { dnsAndTime } from './dns-and-time.ts';
import { hostingEu } from './hosting-eu.ts';
import { hyperscalers } from './hyperscalers.ts';
import { modelApis } from './model-apis.ts';
import { platforms } from './platforms.ts';
import { registries } from './registries.ts';
import { saas } from './saas.ts';

/**
 * Who operates what, as far as a public page states it: legal entity, its country, who controls it, the page and the day it was
 * read. An entity that no page at hand states is left out, and so is a parent; what is not here is unknown, not allowed.
 * `legal` is the company that runs the service; a subsidiary that only contracts with European customers stands in the comment.
 * Sorted by id. A host belongs to the operator with the longest matching suffix; the first host is where its Terraform provider goes.
 */
export const operators: readonly Operator[] = [
  ...businessApps,
  ...certificateAuthorities,
  ...contentNetworks,
  ...customerContact,
  ...dataPlatforms,
  ...developerTools,
  ...dnsAndTime,
  ...hostingEu,
  ...hyperscalers,
  ...modelApis,
  ...platforms,
  ...registries,
  ...saas,
].sort((a, b) => (a.id < b.id ? -1 : 1));
