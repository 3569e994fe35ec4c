import type { Facts, SecretUse } from '@lukko/facts';
import { type Judgement, no, rule, unknown, yes } from '@lukko/policy-engine';
import type { Attr, Resource, Root, TerraformJson } from '@lukko/terraform-model';
import { cloudConfig } from './shared/example-payloads.ts';
import { hcloud, server } from './shared/examples.ts';
import { fit, short } from './shared/message.ts';
import { isPayload, unreadable } from './shared/unreadable.ts';
import { addressOf, count } from './shared/words.ts';

/** Arguments of the provider that take a secret; each ends in the state (provider v1.68 has no write-only argument). */
const secretArguments: Readonly<Record<string, readonly string[]>> = {
  hcloud_storage_box: ['password'],
  hcloud_storage_box_subaccount: ['password'],
  hcloud_uploaded_certificate: ['private_key'],
  hcloud_certificate: ['private_key'],
};

const withEnvironment = (value: string, extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_server: {
        host: server({ user_data: cloudConfig({ '/etc/app.env': `DATABASE_PASSWORD=${value}\nLOG_LEVEL=info\n` }) }),
      },
    },
    extra,
  );

export const noSecretsInConfiguration = rule({
  id: 'no-secrets-in-configuration',
  title: 'No secret can be read in configuration, payload or state',
  severity: 'critical',
  waivable: false,
  controls: ['ISO27001:2022/A.5.17', 'ISO27001:2022/A.8.24', 'GDPR/32(1)(b)'],
  rationale:
    'What stands in a configuration stands in the repository, the plan, the state and, through user_data, in the metadata service that every process of the host can ask. The provider has no write-only argument: a secret handed to it lies in the state in clear text.',
  remediation: 'Let the host make it at boot, or keep only ciphertext here that the host opens there',
  sources: [
    'https://docs.hetzner.cloud/reference/cloud',
    'https://developer.hashicorp.com/terraform/language/state/sensitive-data',
  ],
  appliesTo: [
    'secret',
    'payload',
    'root',
    'hcloud_storage_box',
    'hcloud_storage_box_subaccount',
    'hcloud_uploaded_certificate',
    'hcloud_certificate',
  ],
  appliesWhen: (subject) => unreadable.appliesWhen(subject),
  check: (subject, facts): readonly Judgement[] => {
    if (isPayload(subject)) return unreadable.judge(subject, 'secrets');
    if ('address' in subject) return handedOver(subject);
    if ('backend' in subject) return nothingFound(subject, facts);
    const { kind, at, place } = subject;
    const message = fit(`${kind} stands in ${at}`, `${kind} stands in ${short(at, 80)}`);
    return [{ truth: no({ at, saw: `${kind}, not shown` }), message, at, place }];
  },
  message: () => 'a secret can be read in the configuration',
  examples: [
    {
      name: 'a host that makes its password at boot',
      verdict: 'pass',
      terraform: hcloud({
        hcloud_server: {
          host: server({
            user_data: cloudConfig({ '/etc/app.env': 'DATABASE_PASSWORD_FILE=/run/app/password\nLOG_LEVEL=info\n' }, [
              ['openssl', 'rand', '-out', '/run/app/password', '-base64', '32'],
            ]),
          }),
        },
      }),
    },
    { name: 'a password in user_data', verdict: 'fail', terraform: withEnvironment('kX9vQ2mT7pLw4ZrB8nYc') },
    {
      name: 'a password from a variable without value',
      verdict: 'unknown',
      terraform: hcloud(
        {
          hcloud_storage_box: {
            backups: { name: 'backups', location: 'hel1', storage_box_type: 'bx11', password: '${var.password}' },
          },
        },
        { variable: { password: { type: 'string' } } },
      ),
    },
  ],
});

function nothingFound(root: Root, facts: Facts): readonly Judgement[] {
  if (facts.secrets.some((secret) => belongs(secret, root))) return [];
  const saw = `nothing that looks like a secret in ${count(root.resources.length, 'resource')}`;
  return [{ truth: yes({ at: root.stack ?? root.place.file, saw }), message: saw }];
}

function belongs({ owner }: SecretUse, root: Root): boolean {
  const others = [root.backend, ...root.providers, ...root.modules, ...root.outputs].map(({ id }) => id);
  return [...root.resources, ...others].some((id) => owner === id || owner.startsWith(`${id}.`));
}

/** A secret argument whose value is not known: it will lie in the state. A value that is known is found by the facts. */
function handedOver(resource: Resource): readonly Judgement[] {
  return (secretArguments[resource.type] ?? [])
    .map((name) => resource.attr(name))
    .filter(isOpen)
    .map((attr) => ({
      truth: unknown({ at: attr.at, saw: 'a value that is not shown', causes: causes(attr) }),
      message: fit(`${addressOf(resource)} is given a secret that will lie in the state`),
      at: attr.at,
      place: resource.place,
    }));
}

function isOpen({ value }: Attr): boolean {
  return value.state === 'unknown' || value.state === 'text';
}

function causes({ value }: Attr) {
  if (value.state === 'unknown') return value.causes;
  return ['function' as const];
}
