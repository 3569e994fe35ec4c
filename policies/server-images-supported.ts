import { holds, rule, unknown } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

/**
 * Releases whose makers no longer send security updates to everybody, with the day that ended. Debian counts the end of its own
 * security team, not of the paid extension; Ubuntu the end of standard support. A date is data here: rules have no clock.
 * https://www.debian.org/releases/ https://ubuntu.com/about/release-cycle https://docs.fedoraproject.org/en-US/releases/lifecycle/
 */
const ended: ReadonlyMap<string, string> = new Map([
  ['debian-9', '2020-07-18'],
  ['debian-10', '2022-09-10'],
  ['debian-11', '2024-08-14'],
  ['debian-12', '2026-06-10'],
  ['ubuntu-16.04', '2021-04-30'],
  ['ubuntu-18.04', '2023-05-31'],
  ['ubuntu-20.04', '2025-05-31'],
  ['centos-7', '2024-06-30'],
  ['centos-8', '2021-12-31'],
  ['centos-stream-8', '2024-05-31'],
  ['fedora-39', '2024-11-26'],
  ['fedora-40', '2025-05-13'],
  ['fedora-41', '2025-12-15'],
]);

const host = (image: string | undefined, extra: TerraformJson = {}) =>
  hcloud({ hcloud_server: { host: server({ image }) } }, extra);

export const serverImagesSupported = rule({
  id: 'server-images-supported',
  title: 'Servers are made from images that still get security updates',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.8', 'ISO27001:2022/A.8.19', 'NIS2/21(2)(e)'],
  rationale:
    'A release whose support has ended gets no fix for what is found from then on, and automatic updates have nothing to install. Hetzner goes on offering an image for a while after that day.',
  remediation: 'Take an image whose release is supported: debian-13, ubuntu-24.04',
  sources: [
    'https://www.debian.org/releases/',
    'https://ubuntu.com/about/release-cycle',
    'https://docs.fedoraproject.org/en-US/releases/lifecycle/',
  ],
  appliesTo: ['hcloud_server'],
  check: (resource) => {
    const image = resource.attr('image');
    // By number it is a snapshot, or a release whose name is not shown.
    if (/^\d+$/.test(image.text ?? ''))
      return unknown({ at: image.at, saw: `image ${image.text}, a number`, causes: ['outside'] });
    return holds(image, (name) => !ended.has(String(name)));
  },
  message: (resource, truth) => {
    const image = resource.attr('image').text ?? '';
    if (truth.is === 'unknown') return fit(`${addressOf(resource)} is made from an image that is not known`);
    return ended.has(image)
      ? fit(`${addressOf(resource)} runs ${image}, whose security updates ended on ${ended.get(image)}`)
      : fit(`${addressOf(resource)} names no image`);
  },
  examples: [
    { name: 'Debian 13', verdict: 'pass', terraform: host('debian-13') },
    { name: 'Ubuntu 20.04, whose support has ended', verdict: 'fail', terraform: host('ubuntu-20.04') },
    { name: 'a snapshot, by its number', verdict: 'unknown', terraform: host('114690387') },
    {
      name: 'an image that a variable without value names',
      verdict: 'unknown',
      terraform: host('${var.image}', { variable: { image: { type: 'string' } } }),
    },
  ],
});
