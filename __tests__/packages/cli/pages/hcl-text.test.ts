import { hclText } from '../../../../packages/cli/src/pages/hcl-text.ts';

test('blocks, maps, lists, expressions and long texts as people write them', () => {
  expect(
    hclText({
      terraform: {
        required_providers: {
          hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' },
        },
        backend: { local: { path: 'state.tfstate' } },
      },
      provider: { hcloud: [{}] },
      variable: { location: { type: 'string' } },
      resource: {
        hcloud_server: {
          host: {
            name: 'host-${var.name}',
            location: '${var.location}',
            public_net: [{ ipv4_enabled: true }],
            labels: { 'lukko-class': 'staging' },
            ssh_keys: ['one', 2],
            user_data: '#cloud-config\n\nruncmd: []\n',
            backups: undefined,
          },
        },
      },
    }),
  ).toMatchInlineSnapshot(`
    "terraform {
      required_providers {
        hcloud = {
          source = "hetznercloud/hcloud"
          version = "1.68.0"
        }
      }
      backend "local" {
        path = "state.tfstate"
      }
    }

    provider "hcloud" {}

    variable "location" {
      type = "string"
    }

    resource "hcloud_server" "host" {
      name = "host-\${var.name}"
      location = var.location
      public_net {
        ipv4_enabled = true
      }
      labels = {
        lukko-class = "staging"
      }
      ssh_keys = ["one", 2]
      user_data = <<-EOT
        #cloud-config

        runcmd: []
      EOT
    }
    "
  `);
});
