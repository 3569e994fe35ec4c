import { coverage, DRIFTS, FAULT_LIMITS, FAULT_WORDS } from '@lukko/sandbox';
import { markdownTable } from './sandbox-tables.ts';

/** What became of the provider's acceptance tests, as packages/sandbox/spec/zz_acceptance.json holds it. */
export interface Acceptance {
  readonly about: { readonly provider: string };
  readonly tests: readonly {
    readonly package: string;
    readonly test: string;
    readonly outcome: string;
    readonly reason?: string;
    readonly intercepted?: true;
  }[];
}

/** docs/sandbox.md: what it does, how it is used, what it was compared with. */
export function sandboxPage(acceptance: Acceptance | undefined): string {
  return `${[INTRODUCTION, USE, faults(), drift(), CONTROL, DURABILITY, INTERCEPT, NOT_MEASURED, accepted(acceptance), operations()].join('\n\n')}\n`;
}

const INTRODUCTION = `# The sandbox

\`lukko sandbox\` is the Hetzner Cloud API and its Storage Box API on this machine: stateful, with projects, actions that run and end,
locks, protection, pages, rate limits and Hetzner's error codes, so that the real Terraform provider and the official clients work
against it. It costs nothing, needs no account and no network, listens on 127.0.0.1 alone and asks for a token as Hetzner does.`;

const USE = `## Use

\`\`\`sh
npx lukko sandbox run -- npx cdktf deploy '*' --parallelism 1
\`\`\`

starts a sandbox, runs the command with everything it needs in its environment, and stops. \`npx lukko sandbox\` goes on until Ctrl-C
and prints the same as exports:

${markdownTable(
  ['variable', 'holds'],
  [
    ['`HCLOUD_ENDPOINT`, `HETZNER_ENDPOINT`', 'where the sandbox answers for api.hetzner.cloud and api.hetzner.com'],
    ['`HCLOUD_TOKEN`', 'the token of the first project'],
    ['`HCLOUD_TOKEN_<PROJECT>`', 'one for each `--project`'],
    [
      '`LUKKO_SANDBOX_CONTROL`, `LUKKO_SANDBOX_CONTROL_TOKEN`',
      'the control port: `lukko sandbox fault`, `drift`, `snapshot` and `restore` find the sandbox by them',
    ],
    ['`HTTPS_PROXY`, `SSL_CERT_FILE` and the like', 'with `--intercept` only: for clients whose hosts are hard-coded'],
  ],
)}

Tokens and endpoints of the real API that are set around it are kept from the command. A page at \`/\` of the same port shows projects, servers,
volumes, networks, firewalls, running actions and faults as they change. Actions run 20 times faster than at Hetzner unless \`--speed\` says otherwise.
[cli.md](cli.md) has all options.`;

function faults(): string {
  const rows = (words: typeof FAULT_WORDS) => words.map(({ text, about }) => [`\`${text}\``, about]);
  return `## Faults

A fault is one word for what goes wrong and, after commas, whom it strikes: \`resource_unavailable,on=create_server,after=3,times=2\`.
\`--fault\` gives it from the start; while the sandbox runs there are \`lukko sandbox fault add\`, \`list\` and \`clear\`. An answer that a fault made says so in its
message and in the header \`lukko-sandbox-fault\`. Faults belong to one run: no log and no snapshot holds them. A creation whose answer is lost leaves an object that
no state knows, as it would at Hetzner: import it or delete it.

${markdownTable(['what', 'then'], rows(FAULT_WORDS))}

${markdownTable(['whom', 'means'], rows(FAULT_LIMITS))}`;
}

function drift(): string {
  const rows = Object.entries(DRIFTS).map(([verb, { usage, about }]) => [`\`${verb} ${usage}\``, about]);
  return `## Drift

\`lukko sandbox drift\` does what somebody does by hand past any code, with full rights and without rate limit and faults; its actions end at once.
The API's own rules hold, as they do in the console. Objects are named by name or id, kinds as \`server\` or \`primary-ip\`.

${markdownTable(['drift', 'does'], rows)}`;
}

const CONTROL = `## The control port

Another port on 127.0.0.1 with a token of its own, as \`Authorization: Bearer\`. Bodies and answers are JSON; a refusal is \`{"error": "<sentence>"}\`.

${markdownTable(
  ['request', 'does'],
  [
    ['`GET /faults`', 'lists the faults with how many requests they met and struck'],
    ['`POST /faults` `{"fault": "503,times=1"}`', 'adds one'],
    ['`DELETE /faults`, `DELETE /faults/{id}`', 'removes all, or one'],
    [
      '`POST /drift` `{"project": "main", "words": ["power-off", "web-1"]}`',
      'as the command; the first project when none is named',
    ],
    [
      '`POST /requests` `{"project": "main", "method": "DELETE", "path": "/v1/servers/100001"}`',
      'any request of the API by hand, with `body` where it has one',
    ],
    ['`GET /snapshot`, `PUT /snapshot`', 'all objects, as text; and puts them in the place of all there are'],
    ['`GET /metadata/{server}/hetzner/v1/userdata`', 'what the metadata service tells a host, by its name or id'],
  ],
)}

The metadata service is also part of the second endpoint, \`/hetzner/v1/metadata\` and \`/hetzner/v1/userdata\`, where \`X-Forwarded-For\` says for which address of
which host is asked.`;

const DURABILITY = `## What is kept

With \`--log <file>\` every change is appended to the file and flushed to the disk before it is acknowledged or shown: a kill at any moment loses
nothing that was. The log is written anew when it has grown long. One sandbox has a log at a time, by whatever link it is named;
when the disk fails to take it, every request is answered with 500 from then on. Without \`--log\`, all is gone when it stops.

\`lukko sandbox snapshot <file>\` writes all objects of a running sandbox, \`restore <file>\` puts them back, ids included; \`--seed <file>\` begins with
them. A seed can also be written by hand, as JSON by project and kind with the bodies that create the objects, in this order; \`@networks/private\` is
the id of what was made before:

\`\`\`json
{
  "main": {
    "networks": [{ "name": "private", "ip_range": "10.0.0.0/16",
      "subnets": [{ "type": "cloud", "network_zone": "eu-central", "ip_range": "10.0.1.0/24" }] }],
    "servers": [{ "name": "web", "server_type": "cx23", "image": "debian-13", "location": "hel1",
      "networks": ["@networks/private"] }]
  }
}
\`\`\``;

const INTERCEPT = `## Clients with hard-coded hosts

With \`--intercept\` the command gets a proxy (\`HTTPS_PROXY\`, \`HTTP_PROXY\`) and an authority to trust (\`SSL_CERT_FILE\`, and for requests, curl and Node their own
variables). The proxy answers for api.hetzner.cloud and api.hetzner.com and refuses every other host, so nothing leaves the machine through it. The authority
is of this run, may only speak for these two names, and its key stays in memory. A host's metadata can be asked for as at Hetzner, with the server named
as the proxy's user:

\`\`\`sh
curl --proxy "http://web-1:@\${HTTP_PROXY#http://}" http://169.254.169.254/hetzner/v1/userdata
\`\`\``;

const NOT_MEASURED = `## What is not measured against Hetzner

Names, types and limits come from the API's description (\`packages/sandbox/spec/README.md\` has source and corrections), behaviour from the official clients, the
documentation and reports in public. No request of ours was made to Hetzner. Not known, and so our own choice:

- how long actions take: no source says it, the order of magnitude is meant, no more;
- which mistake is told first when there are several, no source says that either; and the exact words of most messages;
- the status for a body that is too long (413), for a header that is too long (431) and for what is no HTTP (400);
- whether an id that is no number is answered with 422 or 404;
- what becomes of a server whose making failed: here it stays as it was begun, and can be deleted;
- how long finished actions can be asked for: here the last 10,000 of a project at least;
- which names other kinds than servers, volumes, firewalls and zones may have: here every one that is not empty;
- how a load balancer shows addresses that were allocated with it: here without the id of a primary IP, and not among those;
- with which codes a load balancer refuses primary IPs: here those that are documented for servers;
- which of several free addresses a server gets; addresses lie in ranges set apart for documentation and tests;
- what is sold out where, beyond what the catalogue says: use a fault;
- prices: the catalogue's, of the day it was written.

Nothing runs on servers, and no certificate is really issued.`;

function accepted(acceptance: Acceptance | undefined): string {
  const title = "## The provider's acceptance tests";
  if (acceptance === undefined) return `${title}\n\nThey have not been run yet: \`npm run sandbox:acceptance\`.`;
  const { about, tests } = acceptance;
  const counts = new Map<string, number>();
  for (const { outcome, intercepted } of tests) {
    const name = intercepted === true ? `${outcome} with --intercept` : outcome;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const rows = tests.map(({ package: name, test, outcome, reason = '', intercepted }) => [
    name,
    test,
    intercepted === true ? `${outcome} with --intercept` : outcome,
    reason,
  ]);
  const told = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  return `${title}

Of ${about.provider}: ${tests.length} tests, ${told} (\`npm run sandbox:acceptance\`).

${markdownTable(['package', 'test', 'outcome', 'why'], rows)}`;
}

function operations(): string {
  const all = coverage();
  const written = all.filter((each) => each.written).length;
  const missing = all.length - written;
  const rows = all.map(({ operationId, method, path, written: is }) => [
    `\`${operationId}\``,
    `${method.toUpperCase()} ${path}`,
    is ? 'written' : '501',
  ]);
  return `## Operations

${all.length} operations: ${written} written, ${missing} answered with 501. Datacenters are written as Hetzner answers them since 2026-10-01: 410.

${markdownTable(['operation', 'request', ''], rows)}`;
}
