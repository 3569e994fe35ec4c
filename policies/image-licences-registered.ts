import { type Judgement, no, rule, unknown, yes } from '@lukko/policy-engine';
import { caddyImage, cloudConfig, quadlet } from './shared/example-payloads.ts';
import { hcloud, server } from './shared/examples.ts';
import { fit, short } from './shared/message.ts';
import { isPayload, unreadable } from './shared/unreadable.ts';

const running = (image: string) =>
  hcloud(
    {
      hcloud_server: {
        host: server({ user_data: cloudConfig({ '/etc/containers/systemd/caddy.container': quadlet(image) }) }),
      },
    },
    { variable: { image: { type: 'string' } } },
  );
const caddy = {
  image: 'registry.lukko.example/library/caddy',
  licence: 'Apache-2.0',
  source: 'https://github.com/caddyserver/caddy/blob/master/LICENSE',
  date: '2026-11-21',
};

export const imageLicencesRegistered = rule({
  id: 'image-licences-registered',
  title: 'The licence of every deployed image stands in the register',
  severity: 'low',
  waivable: true,
  controls: ['ISO27001:2022/A.5.32', 'ISO27001:2022/A.5.9', 'ISO27001:2022/A.5.21'],
  rationale:
    'What runs on a host is somebody’s work under somebody’s terms: some ask for the source of changes, some forbid the use that is made of it, some change from one release to the next. Whoever deploys an image should have read its terms, and be able to say when.',
  remediation:
    'Add the image, its licence (an SPDX expression), where it can be read and the date to images in register.yaml',
  sources: ['https://spdx.org/licenses/', 'https://github.com/opencontainers/image-spec/blob/main/annotations.md'],
  appliesTo: ['image', 'payload'],
  appliesWhen: (subject) => unreadable.appliesWhen(subject),
  check: (subject, _, { images = [] }): readonly Judgement[] => {
    if (isPayload(subject)) return unreadable.judge(subject, 'images');
    const { at, text, registry, repository, causes, place } = subject;
    if (registry === '' || causes.length > 0) {
      const message = fit(`image ${short(text)} is not known, nor its licence`);
      return [{ truth: unknown({ at, saw: `image ${short(text, 80)}`, causes }), message, at, place }];
    }
    const name = `${registry}/${repository}`;
    const found = images.find(({ image }) => image === name);
    const truth =
      found === undefined
        ? no({ at, saw: `${name}: not in the register` })
        : yes({ at, saw: `${name}: ${found.licence}, ${found.source}, read ${found.date}` });
    return [{ truth, message: fit(`the licence of image ${short(name, 80)} is not in the register`), at, place }];
  },
  message: () => 'the licence of an image is not in the register',
  examples: [
    { name: 'a registered image', verdict: 'pass', terraform: running(caddyImage), images: [caddy] },
    {
      name: 'an image the register does not name',
      verdict: 'fail',
      terraform: running(caddyImage.replace('library/caddy', 'library/nginx')),
      images: [caddy],
    },
    { name: 'no register', verdict: 'fail', terraform: running(caddyImage) },
    { name: 'an image that a variable without value holds', verdict: 'unknown', terraform: running('${var.image}') },
  ],
});
