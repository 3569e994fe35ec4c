import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ResourceType, TerraformJson } from '@lukko/terraform-model';
import schema from '../../../packages/provider-hcloud/schema.json';
import { resourceTypes } from '../../../scripts/resource-types-text.ts';

const file = path.join(__dirname, '../../../packages/terraform-model/src/zz_resource_types.ts');

describe('zz_resource_types.ts', () => {
  it('follows the committed schema (else: npx tsx scripts/resource-types.ts)', () => {
    expect(readFileSync(file, 'utf8')).toBe(resourceTypes(schema as unknown as Parameters<typeof resourceTypes>[0]));
  });

  it('types documents: what is right compiles, what is misspelt does not', () => {
    const right: TerraformJson = {
      resource: {
        hcloud_server: { a: { name: 'a', server_type: 'cx22', firewall_ids: ['${hcloud_firewall.a.id}'], public_net: { ipv4_enabled: false } } },
        hcloud_volume: { v: [{ name: 'v', size: 10, lifecycle: { prevent_destroy: true } }] },
        aws_s3_bucket: { free: { anything: true } },
      },
    };
    // @ts-expect-error an argument that does not exist
    const misspelt: TerraformJson = { resource: { hcloud_volume: { v: { name: 'v', size: 10, lokation: 'hel1' } } } };
    // @ts-expect-error a required argument is missing
    const missing: TerraformJson = { resource: { hcloud_volume: { v: { size: 10 } } } };
    // @ts-expect-error a number must be one, or an expression
    const wrong: TerraformJson = { resource: { hcloud_volume: { v: { name: 'v', size: 'ten' } } } };
    // @ts-expect-error no such type
    const type: ResourceType = 'hcloud_nothing';
    expect([right, misspelt, missing, wrong, type]).toHaveLength(5);
  });
});
