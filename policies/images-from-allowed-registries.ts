import { type Judgement, rule, unknown } from '@lukko/policy-engine';
import { caddyImage, cloudConfig, quadlet } from './shared/example-payloads.ts';
import { hcloud, server } from './shared/examples.ts';
import { operatorAllowed, reaches } from './shared/jurisdiction.ts';
import { fit, short } from './shared/message.ts';
import { isPayload, unreadable } from './shared/unreadable.ts';

const digest = caddyImage.slice(caddyImage.indexOf('@'));
const running = (image: string) => ({
  // A zone of our own: its names are ours.
  hcloud_zone: { own: { name: 'lukko.example', mode: 'primary' } },
  hcloud_server: {
    host: server({ user_data: cloudConfig({ '/etc/containers/systemd/caddy.container': quadlet(image) }) }),
  },
});

export const imagesFromAllowedRegistries = rule({
  id: 'images-from-allowed-registries',
  title: 'Container images come from registries in allowed jurisdictions',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.5.21', 'ISO27001:2022/A.5.23', 'ISO27001:2022/A.8.19', 'NIS2/21(2)(d)'],
  rationale:
    'A host that pulls from a registry depends on whoever runs it: no registry, no restart after a failure; and every pull tells them what runs where. An image without a registry means Docker Hub.',
  remediation: 'Copy the image to a registry in an allowed jurisdiction, and reference it there by digest',
  sources: [
    'https://github.com/opencontainers/distribution-spec/blob/main/spec.md',
    'https://docs.docker.com/reference/cli/docker/image/pull/',
  ],
  appliesTo: ['image', 'payload'],
  appliesWhen: (subject) => unreadable.appliesWhen(subject),
  check: (subject, facts, context): readonly Judgement[] => {
    if (isPayload(subject)) return unreadable.judge(subject, 'images');
    const { at, text, registry, repository, causes, place } = subject;
    if (registry === '' || causes.length > 0) {
      const message = fit(`image ${short(text)} comes from a registry that is not known`);
      return [{ truth: unknown({ at, saw: `image ${short(text, 80)}`, causes }), message, at, place }];
    }
    const resolution = facts.resolve(registry);
    const brief = `${registry}/${repository.split('/').at(-1)}`;
    const name = text.split('@')[0] ?? text;
    const whole = name.startsWith(`${registry}/`) ? `image ${name}` : `image ${name} from ${registry}`;
    const message = reaches(whole, resolution, brief);
    return [{ truth: operatorAllowed(resolution, at, registry, context), message, at, place }];
  },
  message: () => 'an image comes from a registry that is not allowed',
  examples: [
    { name: 'a registry below a zone of our own', verdict: 'pass', terraform: hcloud(running(caddyImage)) },
    { name: 'no registry: Docker Hub', verdict: 'fail', terraform: hcloud(running(`caddy:2.11.4${digest}`)) },
    {
      name: 'the registry of GitHub',
      verdict: 'fail',
      terraform: hcloud(running(`ghcr.io/caddyserver/caddy:2.11.4${digest}`)),
    },
    {
      name: 'a registry that a variable without value decides',
      verdict: 'unknown',
      terraform: hcloud(running(`\${var.registry}/library/caddy:2.11.4${digest}`), {
        variable: { registry: { type: 'string' } },
      }),
    },
  ],
});
