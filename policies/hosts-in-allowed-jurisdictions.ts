import type { HostUse } from '@lukko/facts';
import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import { caddyImage, cloudConfig, quadlet } from './shared/example-payloads.ts';
import { hcloud, server } from './shared/examples.ts';
import { resolved } from './shared/host-uses.ts';
import { operatorAllowed, reaches } from './shared/jurisdiction.ts';
import { fit } from './shared/message.ts';
import { isPayload, unreadable } from './shared/unreadable.ts';

/** Positions that rules of their own judge. */
const elsewhere: ReadonlySet<string> = new Set(['provider', 'state backend', 'container image']);

const withEnvironment = (value: string) => ({
  hcloud_server: {
    host: server({
      user_data: cloudConfig({
        '/etc/containers/systemd/app.container': quadlet(caddyImage, [`Environment=MODEL_URL=${value}`]),
      }),
    }),
  },
});
const withMirror = (uri: string) => ({
  hcloud_server: {
    host: server({ user_data: `#cloud-config\napt:\n  primary:\n    - arches: [default]\n      uri: ${uri}\n` }),
  },
});

const withStateKey = (key: Readonly<Record<string, unknown>>) => {
  const base = hcloud({ hcloud_server: { host: server() } });
  const [type = ''] = Object.keys(key);
  const encryption = {
    key_provider: { [type]: { main: key[type] } },
    method: { aes_gcm: { main: { keys: `\${key_provider.${type}.main}` } } },
    state: { method: '${method.aes_gcm.main}' },
  };
  const required = { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } };
  return { ...base, terraform: { required_providers: required, encryption } };
};

export const hostsInAllowedJurisdictions = rule({
  id: 'hosts-in-allowed-jurisdictions',
  title: 'Hosts on the data path and on the pull path are operated in allowed jurisdictions',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.5.14', 'ISO27001:2022/A.5.19', 'ISO27001:2022/A.5.23', 'GDPR/44', 'NIS2/21(2)(d)'],
  rationale:
    'Data leaves with every request: to a model, a DSN, a storage endpoint, a resolver. Whoever keeps the key of a state can read it. With a record of the own zone it is people who are sent there. What counts is who operates the host that is reached and who controls them. Hosts that only deliver (packages, certificates, time) are judged too, and weigh less.',
  remediation: 'Use a service in an allowed jurisdiction, or declare who operates the host in register.yaml',
  sources: [
    'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
    'https://commission.europa.eu/law/law-topic/data-protection/international-dimension-data-protection/adequacy-decisions_en',
  ],
  appliesTo: ['host', 'payload'],
  appliesWhen: (subject): Truth => {
    if (isPayload(subject)) return unreadable.appliesWhen(subject);
    const { position, at } = subject;
    if (elsewhere.has(position)) return no({ at, saw: `${position}: another rule judges it` });
    return subject.class === 'build'
      ? no({ at, saw: `${position}: only reached when building` })
      : yes({ at, saw: position });
  },
  check: (subject, facts, context): readonly Judgement[] => {
    if (isPayload(subject)) return unreadable.judge(subject, 'hosts');
    const { at, host, place, position } = subject;
    const severity = subject.class === 'pull' ? ({ severity: 'medium' } as const) : {};
    const resolution = resolved(subject, facts);
    if (resolution === undefined || host === undefined) {
      const truth = unknown({ at, saw: `${position} that is not known`, causes: subject.causes });
      return [
        { truth, message: fit(`${ownerOf(subject)} names a ${position} that is not known`), at, place, ...severity },
      ];
    }
    const truth = operatorAllowed(resolution, at, host, context);
    const named = position === 'text' ? host : `${position} ${host}`;
    return [{ truth, message: reaches(named, resolution, host), at, place, ...severity }];
  },
  message: () => 'a host is operated in a jurisdiction that is not allowed',
  examples: [
    {
      name: 'a model in the Union',
      verdict: 'pass',
      terraform: hcloud(withEnvironment('https://api.mistral.ai/v1')),
    },
    {
      name: 'a model in the United States',
      verdict: 'fail',
      terraform: hcloud(withEnvironment('https://api.openai.com/v1')),
    },
    {
      name: 'packages from Hetzner',
      verdict: 'pass',
      terraform: hcloud(withMirror('https://mirror.hetzner.com/debian/packages')),
    },
    {
      name: 'packages through a content network in the United States',
      verdict: 'fail',
      terraform: hcloud(withMirror('https://mirror.example.global.ssl.fastly.net/debian')),
    },
    {
      name: 'a host nobody has looked at',
      verdict: 'unknown',
      terraform: hcloud(withEnvironment('https://model.unheard-of.example/v1')),
    },
    {
      name: 'a state whose key an operator in the Union keeps',
      verdict: 'pass',
      terraform: withStateKey({ openbao: { address: 'https://bao.stackit.cloud', key_name: 'state' } }),
    },
    {
      name: 'a state whose key an operator in the United States keeps',
      verdict: 'fail',
      terraform: withStateKey({
        aws_kms: { kms_key_id: '1f2e-4d3c', region: 'eu-central-1', key_spec: 'AES_256' },
      }),
    },
    {
      name: 'a state whose key is kept at an address that stands in no file',
      verdict: 'unknown',
      terraform: withStateKey({ openbao: { key_name: 'state' } }),
    },
    {
      name: 'a record that leads to an address of nobody known',
      verdict: 'unknown',
      terraform: hcloud({
        hcloud_zone: { main: { name: 'lukko.example', mode: 'primary' } },
        hcloud_zone_rrset: {
          app: { zone: 'lukko.example', name: 'app', type: 'A', records: [{ value: '203.0.113.9' }] },
        },
      }),
    },
  ],
});

function ownerOf({ owner }: HostUse): string {
  return owner.split('/').at(-1) ?? owner;
}
