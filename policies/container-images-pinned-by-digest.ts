import { type Judgement, no, rule, unknown, yes } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { caddyImage, cloudConfig, quadlet } from './shared/example-payloads.ts';
import { hcloud, server } from './shared/examples.ts';
import { fit, short } from './shared/message.ts';
import { isPayload, unreadable } from './shared/unreadable.ts';

const running = (image: string, extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_server: {
        host: server({ user_data: cloudConfig({ '/etc/containers/systemd/caddy.container': quadlet(image) }) }),
      },
    },
    extra,
  );

export const containerImagesPinnedByDigest = rule({
  id: 'container-images-pinned-by-digest',
  title: 'Container images are pinned by digest',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.19', 'ISO27001:2022/A.8.9', 'ISO27001:2022/A.5.21', 'NIS2/21(2)(d)'],
  rationale:
    'A tag is a name that its registry may point elsewhere tomorrow: what was tested is not what starts after the next reboot. A digest is the hash of the content, so the same line always starts the same bytes, whoever delivers them.',
  remediation: 'Write image:tag@sha256:… with the digest that was tested',
  sources: [
    'https://github.com/opencontainers/image-spec/blob/main/descriptor.md',
    'https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html',
  ],
  appliesTo: ['image', 'payload'],
  appliesWhen: (subject) => unreadable.appliesWhen(subject),
  check: (subject): readonly Judgement[] => {
    if (isPayload(subject)) return unreadable.judge(subject, 'images');
    const { at, text, digest, causes, place } = subject;
    const name = short(text.split('@')[0] ?? text, 72);
    if (digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest)) {
      return [{ truth: yes({ at, saw: `${name}@${digest}` }), message: fit(`${name} is pinned by digest`), at, place }];
    }
    if (causes.length > 0) {
      const truth = unknown({ at, saw: 'an image that is not known', causes });
      return [{ truth, message: fit(`${name} is not shown to be pinned by digest`), at, place }];
    }
    const message = digest === undefined ? fit(`${name} is pinned by no digest`) : fit(`${name} has no SHA-256 digest`);
    return [{ truth: no({ at, saw: short(text, 100) }), message, at, place }];
  },
  message: () => 'an image is pinned by no digest',
  examples: [
    { name: 'tag and digest', verdict: 'pass', terraform: running(caddyImage) },
    { name: 'only a tag', verdict: 'fail', terraform: running(caddyImage.slice(0, caddyImage.indexOf('@'))) },
    {
      name: 'an image that a variable without value names',
      verdict: 'unknown',
      terraform: running('${var.image}', { variable: { image: { type: 'string' } } }),
    },
  ],
});
