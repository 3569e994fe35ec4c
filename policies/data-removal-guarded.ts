import type { Facts } from '@lukko/facts';
import { all, any, type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Resource } from '@lukko/terraform-model';
import { cloudConfig } from './shared/example-payloads.ts';
import { hcloud, server, volume } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { runsTang } from './shared/payload.ts';
import { removable } from './shared/removal.ts';
import { addressOf } from './shared/words.ts';

const guarded = { lifecycle: { prevent_destroy: true } };
const tang = server({
  name: 'tang-fsn1',
  location: 'fsn1',
  user_data: cloudConfig({ '/etc/systemd/system/tangd.socket': '[Socket]\nListenStream=7500\nAccept=yes\n' }, [
    ['systemctl', 'enable', '--now', 'tangd.socket'],
  ]),
});

export const dataRemovalGuarded = rule({
  id: 'data-removal-guarded',
  title: 'Data volumes, backups and key servers cannot be removed by a plan',
  severity: 'critical',
  waivable: true,
  controls: ['ISO27001:2022/A.5.33', 'ISO27001:2022/A.8.13', 'ISO27001:2022/A.8.32', 'GDPR/32(1)(b)'],
  rationale:
    'A change that looks small may replace a volume, and a replaced volume is an empty one. A key server that is replaced loses its keys, and with the last quorum every volume stays locked for good. prevent_destroy makes Terraform refuse such a plan as a whole; removing them takes a verb of its own that asks and records.',
  remediation: 'Write lifecycle prevent_destroy = true; lift it in a change of its own when the removal is meant',
  sources: [
    'https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle',
    'https://github.com/latchset/tang',
    'https://docs.hetzner.cloud/reference/cloud',
  ],
  appliesTo: ['hcloud_volume', 'hcloud_storage_box', 'hcloud_server'],
  judges: 'removal',
  appliesWhen: (resource, facts, context) => {
    const kept = removable(resource, context);
    return resource.type === 'hcloud_server' ? all([kept, holdsKeys(resource, facts)]) : kept;
  },
  check: (resource, facts): readonly Judgement[] => {
    const { change, id, lifecycle } = resource;
    const what = `${addressOf(resource)} ${whatFor(resource, facts)}`;
    if (change === 'delete' || change === 'replace') {
      return [
        {
          truth: no({ at: id, saw: `the plan would ${change} it` }),
          message: fit(`${what}; this plan would ${change} it`),
        },
      ];
    }
    // What could happen one day weighs less than what this plan is about to do.
    const severity = 'medium';
    if (lifecycle === undefined) {
      const truth = unknown({ at: id, saw: 'its lifecycle is not shown', causes: ['source'] });
      return [{ truth, message: fit(`${what} and is not shown to be guarded by prevent_destroy`), severity }];
    }
    return [
      lifecycle.preventDestroy
        ? {
            truth: yes({ at: id, saw: 'prevent_destroy' }),
            message: fit(`${what} and is guarded by prevent_destroy`),
            severity,
          }
        : {
            truth: no({ at: id, saw: 'no prevent_destroy' }),
            message: fit(`${what} and is not guarded by prevent_destroy`),
            severity,
          },
    ];
  },
  message: (resource) => fit(`${addressOf(resource)} can be removed by a plan`),
  examples: [
    { name: 'a guarded volume', verdict: 'pass', terraform: hcloud({ hcloud_volume: { data: volume(guarded) } }) },
    {
      name: 'a volume that any plan may remove',
      verdict: 'fail',
      terraform: hcloud({ hcloud_volume: { data: volume() } }),
    },
    {
      name: 'a guarded key server',
      verdict: 'pass',
      terraform: hcloud({ hcloud_server: { tang: { ...tang, ...guarded } } }),
    },
    { name: 'a key server that any plan may remove', verdict: 'fail', terraform: hcloud({ hcloud_server: { tang } }) },
    {
      name: 'a server whose payload a variable without value decides',
      verdict: 'unknown',
      terraform: hcloud(
        { hcloud_server: { tang: { ...tang, user_data: '${var.payload}' } } },
        { variable: { payload: { type: 'string' } } },
      ),
    },
    {
      name: 'a server without keys or data',
      verdict: 'not-applicable',
      terraform: hcloud({ hcloud_server: { host: server() } }),
    },
    {
      name: 'an environment that may be thrown away',
      verdict: 'not-applicable',
      environmentClass: 'disposable',
      terraform: hcloud({ hcloud_volume: { data: volume() } }),
    },
  ],
});

function whatFor(resource: Resource, facts: Facts): string {
  if (resource.type === 'hcloud_volume') return 'keeps data';
  if (resource.type === 'hcloud_storage_box') return 'keeps backups';
  return holdsKeys(resource, facts).is === true ? 'holds keys of volumes' : 'may hold keys of volumes';
}

/** Whether it is a key server, or was one where the plan takes it away. */
function holdsKeys(resource: Resource, facts: Facts): Truth {
  const was = heldKeys(resource);
  if (resource.change === 'delete') return was;
  const now = runsTang(facts.server(resource).payload);
  return resource.change === 'replace' ? any([now, was]) : now;
}

/** What a server was before the plan: of its payload only a hash is left, so the labels say which stack made it. */
function heldKeys({ id, before }: Resource): Truth {
  if (before === undefined) return unknown({ at: id, saw: 'what it was is not shown', causes: ['source'] });
  const stack = before('labels', 'lukko-stack');
  if (stack.text !== undefined) {
    const reason = { at: stack.at, saw: `made by the stack ${stack.text}` };
    return stack.text === 'keys' ? yes(reason) : no(reason);
  }
  const payload = before('user_data');
  if (payload.value.state === 'unset') return no({ at: payload.at, saw: 'no user_data' });
  return unknown({ at: payload.at, saw: 'a payload of which only the hash is left', causes: ['source'] });
}
