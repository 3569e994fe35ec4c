import type { CollectorName } from '@lukko/formats';
import { alertCanary } from './collectors/alert-canary.ts';
import { dns } from './collectors/dns.ts';
import { errorsCanary } from './collectors/errors-canary.ts';
import { forge } from './collectors/forge.ts';
import { hetzner } from './collectors/hetzner.ts';
import { hostReport } from './collectors/host-report.ts';
import { logsCanary } from './collectors/logs-canary.ts';
import { ports } from './collectors/ports.ts';
import { securityTxt } from './collectors/security-txt.ts';
import { tls } from './collectors/tls.ts';
import type { Collector } from './task.ts';

/** Every collector by name, in the order in which a run begins them: the provider first, since it says which hosts are ours. */
export const collectors: Readonly<Record<CollectorName, Collector>> = {
  hetzner,
  tls,
  dns,
  'security-txt': securityTxt,
  ports,
  'host-report': hostReport,
  'logs-canary': logsCanary,
  'errors-canary': errorsCanary,
  'alert-canary': alertCanary,
  forge,
};
