// @ts-check

const server = { name: 'web', image: 'debian-13', server_type: 'cx23', location: 'hel1' };

/** @type {import('@lukko/cli').OwnRuleModule} */
export default ({ rule, holds }) =>
  rule({
    id: 'servers-carry-owner',
    title: 'Servers carry a label that names who answers for them',
    severity: 'medium',
    waivable: true,
    controls: ['ISO27001:2022/A.5.9'],
    rationale: 'Whom to call at night must be known without asking around.',
    remediation: 'Write labels = { owner = "<team>" }',
    appliesTo: ['hcloud_server'],
    check: (host) => holds(host.attr('labels', 'owner'), (owner) => /^[a-z-]+$/.test(String(owner))),
    message: (host) => `${host.address} names nobody who answers for it`,
    examples: [
      {
        name: 'a label names the team',
        verdict: 'pass',
        terraform: { resource: { hcloud_server: { web: { ...server, labels: { owner: 'shop' } } } } },
      },
      { name: 'no label', verdict: 'fail', terraform: { resource: { hcloud_server: { web: server } } } },
      {
        name: 'a variable without value',
        verdict: 'unknown',
        terraform: {
          variable: { team: {} },
          resource: { hcloud_server: { web: { ...server, labels: { owner: '${var.team}' } } } },
        },
      },
    ],
  });
