import type { Observation, ObservedCheck } from '@lukko/formats';
import type { PayloadFacts } from '../payload-proof.ts';
import { counts, type Judged, type ObservationFinding, type Observed } from './current.ts';

/**
 * Gives every host report the check that nobody could make on the spot: whether what the metadata service hands the host is
 * the declared text, rendered with the ids in state. It is made at the export, since only there the declaration is at hand; the
 * store keeps the digest it rests on. A host that is not declared here, and one whose text cannot be rendered, show nothing.
 */
export function withPayloadChecks(observed: Observed, payloads: readonly PayloadFacts[]): Observed {
  const names = serverNames(observed.judged);
  const byServer = new Map(payloads.map((one) => [one.server, one]));
  const findings: ObservationFinding[] = [];
  const judged = observed.judged.map((one): Judged => {
    const { observation } = one;
    const server = observation.collector === 'host-report' ? names(observation) : undefined;
    const declared = server === undefined ? undefined : byServer.get(server);
    if (observation.outcome !== 'observed' || declared === undefined) return one;
    const check = payloadCheck(observation, declared);
    // Of what counts, the payloads say it as drift.
    if (check.holds === false && one.newest && !counts(one))
      findings.push({
        code: 'check-failed',
        controls: ['A.8.9', 'A.8.32'],
        subject: observation.subject.id,
        message: `${observation.subject.name ?? observation.subject.id} fails ${check.id}: ${check.saw}`,
      });
    return { ...one, observation: { ...observation, checks: [...observation.checks, check] } };
  });
  return { ...observed, judged, findings: [...observed.findings, ...findings] };
}

/**
 * What hosts say their metadata service hands out, by the name of the server: of reports that count, the newest.
 * @returns SHA-256 in hexadecimal digits
 */
export function reportedPayloads({ judged }: Observed): ReadonlyMap<string, string> {
  const names = serverNames(judged);
  return new Map(
    judged.flatMap((one) => {
      const { collector, facts } = one.observation;
      if (collector !== 'host-report' || !counts(one) || typeof facts.payload !== 'string') return [];
      const server = names(one.observation);
      return server === undefined ? [] : [[server, facts.payload] as const];
    }),
  );
}

function payloadCheck({ facts }: Observation, { address, declared }: PayloadFacts): ObservedCheck {
  const id = 'payload-as-declared';
  const { payload } = facts;
  if (typeof payload !== 'string')
    return { id, holds: 'unknown', saw: 'the host got no answer from its metadata service' };
  const says = `its metadata service hands out ${payload.slice(0, 12)}`;
  if (declared.length === 0)
    return { id, holds: 'unknown', saw: `${says}; ${address} cannot be rendered without its state` };
  const holds = declared.some(({ sha256 }) => sha256 === payload);
  return {
    id,
    holds,
    saw: holds
      ? `${says}, as ${address} declares`
      : `${says}, ${address} declares ${declared.map(({ sha256 }) => sha256.slice(0, 12)).join(' or ')}`,
  };
}

/**
 * The server a report is of: the one which, in the same run, the provider lists under the address that answered; where it lists
 * none, the name under which the host stands in the targets. So nobody passes one host's report off as another's by a name.
 */
function serverNames(judged: readonly Judged[]): (report: Observation) => string | undefined {
  const listed = new Map<string, string | undefined>();
  for (const { observation: one } of judged) {
    if (one.collector !== 'hetzner' || one.subject.kind !== 'server' || !Array.isArray(one.facts.addresses)) continue;
    for (const address of one.facts.addresses) listed.set(`${one.run}\0${address}`, one.subject.name);
  }
  return ({ run, source, subject }) => {
    const key = `${run}\0${source.address ?? ''}`;
    return listed.has(key) ? listed.get(key) : subject.name;
  };
}
