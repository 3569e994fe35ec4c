import { all, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Resource } from '@lukko/terraform-model';
import { hcloud, volume } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const OWNER = /(^|[-_./])(owner|team)$/i;
const DATA = /(^|[-_./])(data|data[-_]?class|data[-_]?classification|classification)$/i;
const OWNER_OR_DATA = /(owner|team|data|data[-_]?class|data[-_]?classification|classification)"?\]?$/i;
/** Types that keep data at rest: what kind of it must be told. */
const KEEPS: ReadonlySet<string> = new Set(['hcloud_volume', 'hcloud_storage_box', 'hcloud_snapshot']);

const labelled = (labels: Record<string, string> | string | undefined) =>
  hcloud(
    { hcloud_volume: { data: volume(labels === undefined ? {} : { labels: labels as Record<string, string> }) } },
    { variable: { labels: { type: 'map(string)' } } },
  );

export const labelsNameOwnerAndDataClass = rule({
  id: 'labels-name-owner-and-data-class',
  title: 'Labels name an owner, and the class of the data that is kept',
  severity: 'low',
  waivable: true,
  controls: ['ISO27001:2022/A.5.9', 'ISO27001:2022/A.5.12', 'ISO27001:2022/A.5.13', 'GDPR/30'],
  rationale:
    'An inventory is as good as what the resources say of themselves: who answers for one, and what kind of data lies on it. What carries neither is found by nobody when it must be deleted, protected or paid.',
  remediation:
    'Give it the labels owner and, where data is kept, data-class (keys that end in these words count, as lukko-owner does)',
  sources: [
    'https://docs.hetzner.cloud/reference/cloud#labels',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/volume.md',
  ],
  appliesTo: [
    'hcloud_firewall',
    'hcloud_floating_ip',
    'hcloud_load_balancer',
    'hcloud_network',
    'hcloud_primary_ip',
    'hcloud_server',
    'hcloud_snapshot',
    'hcloud_storage_box',
    'hcloud_volume',
    'hcloud_zone',
  ],
  // One label that is ignored, as that of a payload, is none of these.
  check: (resource) =>
    ignoresLabels(resource) ? unlessIgnored(resource, 'labels', truthOf(resource)) : truthOf(resource),
  message: (resource, truth) => {
    if (truth.is === 'unknown') return fit(`${addressOf(resource)} is not shown to be labelled with its owner`);
    const missing = truth.because.filter(({ saw }) => saw.startsWith('no label')).map(({ saw }) => saw);
    return fit(
      `${addressOf(resource)} has ${[...new Set(missing)].join(' and ')}`,
      `${addressOf(resource)} is not labelled`,
    );
  },
  examples: [
    { name: 'both', verdict: 'pass', terraform: labelled({ owner: 'platform', 'data-class': 'logs' }) },
    {
      name: 'with a prefix',
      verdict: 'pass',
      terraform: labelled({ 'lukko-owner': 'platform', 'lukko-data': 'logs' }),
    },
    { name: 'an owner alone', verdict: 'fail', terraform: labelled({ owner: 'platform' }) },
    { name: 'labels without values', verdict: 'fail', terraform: labelled({ owner: '', 'data-class': '' }) },
    { name: 'none', verdict: 'fail', terraform: labelled(undefined) },
    { name: 'labels that a variable without value holds', verdict: 'unknown', terraform: labelled('${var.labels}') },
  ],
});

function truthOf(resource: Resource): Truth {
  const owner = carries(resource, OWNER, 'owner');
  return KEEPS.has(resource.type) ? all([owner, carries(resource, DATA, 'data-class')]) : owner;
}

function carries(resource: Resource, key: RegExp, name: string): Truth {
  const labels = resource.attr('labels');
  const { value } = labels;
  if (value.state === 'unknown')
    return unknown({ at: labels.at, saw: 'labels that are not known', causes: value.causes });
  const keys = value.state === 'map' ? [...value.entries.keys()].filter((each) => key.test(each)) : [];
  for (const each of keys) {
    const { at, text, value: label } = labels.attr(each);
    if (label.state === 'unknown') return unknown({ at, saw: `${each} is not known`, causes: label.causes });
    if (label.state === 'text' || (text !== undefined && text.trim() !== '')) return yes({ at, saw: text ?? 'a text' });
  }
  return no({ at: labels.at, saw: `no label ${name}` });
}

function ignoresLabels({ lifecycle }: Resource): boolean {
  const ignored = lifecycle?.ignoreChanges ?? [];
  return (
    ignored === 'all' ||
    ignored.some((path) => path === 'labels' || (path.startsWith('labels') && OWNER_OR_DATA.test(path)))
  );
}
