import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { dnsAnswer } from './dns.ts';
import { answerFrame } from './ethernet.ts';

/** What the process beside a guest answers to; every port is one of loopback. */
export interface Outside {
  /** UDP: Ethernet frames of the guest's network interface, and the address of the name server on it. */
  readonly frames: number;
  readonly resolver: string;
  /** Addresses by name, as the guest is to know them. */
  readonly names: Readonly<Record<string, string>>;
  /** UDP: the name server of the authority, which has this machine for every name below the domain. */
  readonly dns: number;
  readonly domain: string;
  /** TCP: a server of somebody else's behind the edge, with a certificate of its own. */
  readonly upstream: number;
  readonly certificate: string;
  readonly key: string;
}

/*
 * Runs as a process of its own: the harness waits for its commands without answering anybody meanwhile.
 */
const outside = JSON.parse(process.argv[2] ?? '') as Outside;

const toGuest = createSocket('udp4', (frame, from) => {
  const answer = answerFrame(
    frame,
    outside.resolver,
    53,
    (question) => dnsAnswer(question, (name) => outside.names[name]).answer,
  );
  if (answer !== undefined) toGuest.send(answer, from.port, from.address);
});
const toAuthority = createSocket('udp4', (question, from) => {
  const below = (name: string) => (name.endsWith(`.${outside.domain}`) ? '127.0.0.1' : undefined);
  toAuthority.send(dnsAnswer(question, below).answer, from.port, from.address);
});
const credentials = { cert: readFileSync(outside.certificate), key: readFileSync(outside.key) };
const upstream = createServer(credentials, (request, response) => response.end(`upstream of ${request.headers.host}`));

process.on('disconnect', () => process.exit());
toGuest.bind(outside.frames, '127.0.0.1', () =>
  toAuthority.bind(outside.dns, '127.0.0.1', () =>
    upstream.listen(outside.upstream, '127.0.0.1', () => process.send?.('ready')),
  ),
);
