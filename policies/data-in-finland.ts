import { type Facts, hostsOf, type Placement } from '@lukko/facts';
import { all, any, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Cause, Graph, Resource, TerraformJson } from '@lukko/terraform-model';
import { keysOnly, resticOnly } from './shared/data-services.ts';
import { cloudConfig, quadlet, victoriaLogsImage } from './shared/example-payloads.ts';
import { attachment, hcloud, server, volume } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { standsIn } from './shared/stands-in.ts';
import { addressOf, stands } from './shared/words.ts';

const resticUnit = `[Unit]
Description=Backups, append-only
[Service]
ExecStart=/usr/bin/rclone serve restic --append-only --addr 10.20.1.13:8000 --cert /etc/lukko/cert.pem --key /etc/lukko/key.pem /srv/lukko/restic
[Install]
WantedBy=multi-user.target
`;
const plainRestic = resticUnit.replace(' --append-only', '');
const startRestic = ['systemctl', 'enable', '--now', 'lukko-restic.service'];
const restic = (unit: string, more: Record<string, string> = {}) =>
  cloudConfig({ '/etc/systemd/system/lukko-restic.service': unit, ...more }, [startRestic]);

const logs = { '/etc/containers/systemd/logs.container': quadlet(victoriaLogsImage, ['Volume=/srv/lukko/logs:/data']) };
const logStore = cloudConfig(logs);

const tangSocket = `[Socket]
ListenStream=7500
Accept=yes
[Install]
WantedBy=sockets.target
`;

const keyServer = cloudConfig({ '/etc/systemd/system/tangd.socket': tangSocket }, [
  ['systemctl', 'enable', '--now', 'tangd.socket'],
]);

export const dataInFinland = rule({
  id: 'data-in-finland',
  title: 'Live data stands in Finland, and elsewhere in the Union only what cannot be read there',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.5.23', 'ISO27001:2022/A.5.34', 'ISO27001:2022/A.8.13'],
  rationale:
    'Live data is kept in one country, so that one law and one supervisory authority answer for it. Outside it may lie what cannot be read there: backups encrypted before they leave, and key servers without data. What a server is for is read from its payload; a label proves nothing.',
  remediation:
    'Move it to hel1, or let its server run the append-only restic server (rclone serve restic --append-only) and nothing else that keeps data',
  sources: [
    'https://docs.hetzner.com/cloud/general/locations',
    'https://rclone.org/commands/rclone_serve_restic/',
    'https://restic.readthedocs.io/en/stable/100_references.html',
  ],
  appliesTo: ['placement'],
  appliesWhen: ({ holds: keeps, attr }) =>
    keeps === 'disk' ? yes({ at: attr.at, saw: 'it keeps data' }) : no({ at: attr.at, saw: 'it keeps no data' }),
  check: (placement, facts) => {
    const ignoring = (truth: Truth) => unlessIgnored(placement.resource, String(placement.attr.path[0]), truth);
    const finnish = ignoring(standsIn(placement.attr, (location) => location?.country === 'FI'));
    if (finnish.is === true) return finnish;
    const union = ignoring(standsIn(placement.attr, (location) => location?.eu === true));
    return any([finnish, all([union, unreadable(placement, facts)])]);
  },
  message: ({ resource, attr, location }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} ${stands(attr, location)}: not shown to hold only what cannot be read there`)
      : location !== undefined && !location.eu
        ? fit(
            `${addressOf(resource)} ${stands(attr, location)}: outside the Union, where nothing that keeps data may stand`,
          )
        : fit(`${addressOf(resource)} ${stands(attr, location)}, and may hold live data`),
  examples: [
    { name: 'a log store in Helsinki', verdict: 'pass', terraform: host(logStore, 'hel1') },
    { name: 'a log store in Falkenstein', verdict: 'fail', terraform: host(logStore, 'fsn1') },
    {
      name: 'append-only backups in Falkenstein',
      verdict: 'pass',
      terraform: host(restic(resticUnit)),
    },
    {
      name: 'backups that their sender can delete',
      verdict: 'fail',
      terraform: host(restic(plainRestic)),
    },
    {
      name: 'append-only backups beside a log store',
      verdict: 'fail',
      terraform: host(restic(resticUnit, logs)),
    },
    {
      name: 'a label alone',
      verdict: 'fail',
      terraform: hcloud({ hcloud_volume: { data: volume({ location: 'fsn1', labels: { 'lukko-role': 'backups' } }) } }),
    },
    {
      name: 'a key server in Nuremberg',
      verdict: 'pass',
      terraform: hcloud({
        hcloud_server: {
          host: server({
            location: 'nbg1',
            user_data: keyServer,
          }),
        },
      }),
    },
    {
      name: 'a key server in Ashburn',
      verdict: 'fail',
      terraform: hcloud({ hcloud_server: { host: server({ location: 'ash', user_data: keyServer }) } }),
    },
    {
      name: 'a payload that a variable without value decides',
      verdict: 'unknown',
      terraform: hcloud(
        { hcloud_server: { host: server({ location: 'fsn1', user_data: '${var.payload}' }) } },
        { variable: { payload: { type: 'string' } } },
      ),
    },
  ],
});

/** A server with its volume, both in one location. */
function host(payload: string, location = 'fsn1'): TerraformJson {
  return hcloud({
    hcloud_server: { host: server({ location, user_data: payload }) },
    hcloud_volume: { data: volume({ location }) },
    hcloud_volume_attachment: { data: attachment() },
  });
}

/** Whether what stands there cannot be read there. */
function unreadable({ resource }: Placement, facts: Facts): Truth {
  switch (resource.type) {
    case 'hcloud_server': {
      const host = facts.server(resource);
      return any([keysOnly(host), resticOnly(host)]);
    }
    case 'hcloud_volume': {
      const hosts = hostsOf(resource, facts);
      if (hosts.length > 0) {
        const truths = hosts.map((one) => resticOnly(one.server));
        if (hosts.every((one) => one.certainty === 'certain')) return all(truths);
        // Whichever it is attached to, if to any: only when none of them would do is it shown.
        const one = any(truths);
        if (one.is === false) return one;
        return unknown(
          ...hosts.map(({ via }) => ({ at: via.at, saw: 'may be attached', causes: ['possible' as const] })),
        );
      }
      const reason = { at: resource.id, saw: `no server attached (${facts.graph.closedBecause})` };
      const causes = looseAttachments(resource, facts);
      if (causes.length > 0) return unknown({ at: resource.id, saw: 'an attachment to what is not known', causes });
      return facts.graph.closed ? no(reason) : unknown({ ...reason, causes: ['outside'] });
    }
    default: {
      const saw = 'what is written to it is no part of the configuration';
      return unknown({ at: resource.id, saw, causes: ['outside'] });
    }
  }
}

/** Why an attachment, or the volume itself, may join this volume to a server that is not told; empty when none may. */
function looseAttachments(volume: Resource, { graph }: Facts): readonly Cause[] {
  const own = graph.to(volume, ['server_id'], 'hcloud_server');
  const open = own.complete ? [] : own.why.length > 0 ? own.why : (['outside'] as const);
  return [...new Set([...open, ...looseEnds(graph)])].sort();
}

/** Worked out once a graph: every volume that has no server asks. */
const loose = new WeakMap<Graph, readonly Cause[]>();

/** Why attachments lead to a volume or a server that is not told. */
function looseEnds(graph: Graph): readonly Cause[] {
  const known = loose.get(graph);
  if (known !== undefined) return known;
  const ends = graph
    .ofType('hcloud_volume_attachment')
    .filter(({ mode, change }) => mode === 'managed' && change !== 'delete')
    .flatMap((one) => [graph.to(one, ['volume_id'], 'hcloud_volume'), graph.to(one, ['server_id'], 'hcloud_server')])
    .filter(({ edges }) => edges.length === 0);
  const causes = [...new Set(ends.flatMap(({ why }) => (why.length > 0 ? why : (['outside'] as const))))];
  loose.set(graph, causes);
  return causes;
}
