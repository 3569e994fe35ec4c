import { no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Attr, Graph, Resource, TerraformJson } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { hcloud } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const zone = (sets: NonNullable<TerraformJson['resource']>['hcloud_zone_rrset'], extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_zone: { own: { name: 'lukko.example', mode: 'primary', delete_protection: true } },
      ...(sets === undefined ? {} : { hcloud_zone_rrset: sets }),
    },
    extra,
  );
const set = (name: string, type: string, ...values: readonly string[]) => ({
  zone: '${hcloud_zone.own.name}',
  name,
  type,
  records: values.map((value) => ({ value })),
});

export const zonesNameTheirAuthorities = rule({
  id: 'zones-name-their-authorities',
  title: 'DNS zones name the certificate authorities that may issue for them',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.20', 'ISO27001:2022/A.5.23'],
  rationale:
    'Without a CAA record every public authority in the world may issue a certificate for the zone, in whatever jurisdiction. One record at the apex leaves only those that are named; authorities must ask for it before they issue.',
  remediation: 'Add a CAA record at the apex: 0 issue "<authority>"',
  sources: [
    'https://www.rfc-editor.org/rfc/rfc8659',
    'https://docs.hetzner.com/networking/dns/record-types/caa-record',
  ],
  appliesTo: ['hcloud_zone'],
  check: (own, { graph }) => restricted(own, graph),
  message: (own, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(own)} is not shown to say who may issue certificates for it`)
      : fit(`${addressOf(own)} lets every certificate authority issue for it`),
  examples: [
    {
      name: 'one authority at the apex',
      verdict: 'pass',
      terraform: zone({ caa: set('@', 'CAA', '0 issue "actalis.it"') }),
    },
    { name: 'no CAA record', verdict: 'fail', terraform: zone({ www: set('www', 'A', '192.0.2.1') }) },
    {
      name: 'a CAA record that says only whom to write to',
      verdict: 'fail',
      terraform: zone({ caa: set('@', 'CAA', '0 iodef "mailto:security@lukko.example"') }),
    },
    {
      name: 'a CAA record of one host',
      verdict: 'fail',
      terraform: zone({ caa: set('www', 'CAA', '0 issue "actalis.it"') }),
    },
    {
      name: 'records that a variable without value holds',
      verdict: 'unknown',
      terraform: zone(
        { caa: { zone: '${hcloud_zone.own.name}', name: '@', type: 'CAA', records: '${var.records}' } },
        { variable: { records: { type: 'list(object({ value = string }))' } } },
      ),
    },
  ],
});

/** A record set or record of type CAA at the apex of this zone with an `issue` property (RFC 8659 section 4.2). */
function restricted(own: Resource, graph: Graph): Truth {
  const open: Truth[] = [];
  let complete = graph.closed;
  for (const type of ['hcloud_zone_rrset', 'hcloud_zone_record'] as const) {
    const found = graph.from(type, ['zone'], own);
    if (!found.complete) complete = false;
    for (const { resource, certainty } of found.edges) {
      const truth = caa(resource);
      if (truth.is === true && certainty === 'certain' && resource.expanded) return truth;
      if (truth.is !== false)
        open.push(unknown({ at: resource.id, saw: 'perhaps a CAA record', causes: ['possible'] }));
    }
  }
  const [first] = open;
  if (first !== undefined) return first;
  return complete
    ? no({ at: own.id, saw: 'no CAA record at the apex with an issue property' })
    : unknown({ at: own.id, saw: 'no CAA record here; one may stand elsewhere', causes: ['outside'] });
}

function caa(resource: Resource): Truth {
  const type = resource.attr('type');
  const name = resource.attr('name');
  if (type.text !== undefined && type.text.toUpperCase() !== 'CAA') return no({ at: type.at, saw: type.text });
  if (name.text !== undefined && name.text !== '@') return no({ at: name.at, saw: name.text });
  const records = resource.attr('records');
  const values: readonly Attr[] =
    resource.type === 'hcloud_zone_record' ? [resource.attr('value')] : records.items().map((one) => one.attr('value'));
  const issuing = values.find(({ text }) => text !== undefined && /^\d+\s+issue\s/i.test(text));
  if (issuing !== undefined && type.text !== undefined && name.text !== undefined)
    return yes({ at: issuing.at, saw: issuing.text ?? '' });
  const known = values.every(({ text }) => text !== undefined) && (values.length > 0 || records.value.state === 'list');
  return known && issuing === undefined
    ? no({ at: resource.id, saw: 'a CAA record without an issue property' })
    : unknown({ at: records.at, saw: describe(records.value), causes: ['possible'] });
}
