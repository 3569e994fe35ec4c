import { one, resource } from '../stacks.ts';

const graph = one({
  variable: { secure: {}, n: {} },
  locals: { fw: '${hcloud_firewall.a.id}' },
  resource: {
    hcloud_firewall: { a: { name: 'a' }, b: { name: 'b' } },
    hcloud_server: {
      plain: { firewall_ids: ['${hcloud_firewall.a.id}', '${local.fw}'] },
      choice: { firewall_ids: '${var.secure ? [hcloud_firewall.a.id] : [hcloud_firewall.b.id]}' },
      maybe: { firewall_ids: '${var.secure ? [hcloud_firewall.a.id] : []}' },
      open: { firewall_ids: '${var.n}' },
      literal: { firewall_ids: [12345] },
      none: {},
      mixed: { firewall_ids: ['${hcloud_firewall.a.id}', '${yamlencode(hcloud_firewall.b.id)}'] },
      converted: { firewall_ids: '${toset([tonumber(hcloud_firewall.a.id)])}' },
    },
  },
});

describe('edges', () => {
  it.each(['plain', 'choice', 'maybe', 'open', 'literal', 'none', 'mixed', 'converted'])('to: %s', (name) => {
    const { edges, complete, why } = graph.to(
      resource(graph, `hcloud_server.${name}`),
      ['firewall_ids'],
      'hcloud_firewall',
    );
    expect({
      edges: edges.map((edge) => `${edge.resource.id} ${edge.certainty} via ${edge.via.at}`),
      complete,
      why,
    }).toMatchSnapshot();
  });

  it('from: every server that points here or may, and why more may', () => {
    const { edges, complete, why } = graph.from(
      'hcloud_server',
      ['firewall_ids'],
      resource(graph, 'hcloud_firewall.a'),
    );
    expect({ edges: edges.map((edge) => `${edge.resource.id} ${edge.certainty}`), complete, why }).toMatchSnapshot();
  });

  it('finds a literal id that the input knows, and then knows that no other is meant', () => {
    const known = one({
      resource: {
        hcloud_volume: { a: { id: '7' }, b: { id: '8' } },
        hcloud_volume_attachment: { x: { volume_id: 7 } },
      },
    });
    // `id` is never an argument; states and plans show it, and this is the shortest way to have one.
    const { edges, complete } = known.to(resource(known, 'hcloud_volume_attachment.x'), ['volume_id'], 'hcloud_volume');
    expect([edges.map((edge) => edge.resource.id), complete]).toEqual([['hcloud_volume.a'], true]);
    expect(known.from('hcloud_volume_attachment', ['volume_id'], resource(known, 'hcloud_volume.b')).complete).toBe(
      true,
    );
  });

  it('goes from a missing attribute of a nested block to the provider, not to an error', () => {
    const nested = one({
      resource: {
        hcloud_server: { a: { network: [{ ip: '10.0.0.2' }] } },
        terraform_data: {
          x: { input: '${hcloud_server.a.network[0].mac_address}' },
          y: { input: '${hcloud_server.a.network[0].ip}' },
        },
      },
    });
    expect(resource(nested, 'terraform_data.x').attr('input').value).toMatchObject({
      state: 'unknown',
      causes: ['computed'],
    });
    expect(resource(nested, 'terraform_data.y').attr('input').text).toBe('10.0.0.2');
  });
});
