import type { InboundRule, Payload, ServerFacts } from '@lukko/facts';
import { all, type Judgement, no, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Attr, Reference, Unknown } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { transparent } from './data-services.ts';
import { fit } from './message.ts';
import { readable, runsTang } from './payload.ts';
import { addressOf } from './words.ts';

/** Attributes of the provider that hold exactly one address. */
const oneAddress: Readonly<Record<string, readonly string[]>> = {
  hcloud_primary_ip: ['ip_address'],
  hcloud_floating_ip: ['ip_address'],
  hcloud_server: ['ipv4_address', 'ipv6_address'],
};

/**
 * The one exception to TLS everywhere. Tang's exchange (McCallum-Relyea, https://github.com/latchset/tang) keeps the key from
 * whoever listens, so it may be plain where the payload shows tangd alone and the firewall admits only single addresses.
 * Undefined when Tang does not answer on this port.
 */
export function tangException(host: ServerFacts, rule: InboundRule, port: number): Judgement | undefined {
  const at = tangSocket(host.payload, port);
  if (at === undefined) return undefined;
  const truth = all([
    yes({ at, saw: `tangd answers on port ${port}` }),
    runsTang(host.payload),
    alone(host.payload),
    single(rule.attr.attr('source_ips')),
  ]);
  const name = addressOf(host.resource);
  if (truth.is === true) {
    return {
      truth,
      message: fit(`${name}: Tang alone, for single addresses`),
      exception: 'Tang speaks in the clear by design (McCallum-Relyea): alone on its port, for single addresses',
    };
  }
  const message =
    truth.is === false
      ? fit(`${name} lets more than single addresses reach Tang on port ${port}, or more than Tang answers there`)
      : fit(`${name} is not shown to run Tang alone on port ${port}, for single addresses`);
  return { truth, message };
}

/** Where the payload puts Tang on the port: its socket unit, or a drop-in of it. */
function tangSocket({ files }: Payload, port: number): string | undefined {
  return files.find(
    ({ path, text }) =>
      /\/tangd\.socket(\.d\/[^/]+\.conf)?$/.test(path) &&
      new RegExp(`^ListenStream=(.*:)?${port}$`, 'm').test(text.marked),
  )?.at;
}

function alone(payload: Payload): Truth {
  const whole = all([readable(payload), transparent(payload)]);
  if (whole.is !== true) return whole;
  const [container] = payload.containers;
  if (container !== undefined) return no({ at: container.unit.file.at, saw: `${container.unit.name} runs beside it` });
  const [site] = payload.sites;
  if (site !== undefined) return no({ at: site.at, saw: 'Caddy runs beside it' });
  return yes({ at: payload.attr.at, saw: 'no container and no Caddy beside it' });
}

/** Whether every source is one address. */
function single(sources: Attr): Truth {
  const { value, at } = sources;
  if (value.state !== 'list' || !value.complete) {
    return unknown({ at, saw: describe(value), causes: value.state === 'unknown' ? value.causes : ['function'] });
  }
  const items = sources.items();
  return items.length === 0 ? yes({ at, saw: 'no source' }) : all(items.map(isOne));
}

function isOne(item: Attr): Truth {
  const { value, at } = item;
  if (value.state === 'known') {
    const text = String(value.value);
    const one = text.includes(':')
      ? !text.includes('/') || text.endsWith('/128')
      : !text.includes('/') || text.endsWith('/32');
    return one ? yes({ at, saw: text }) : no({ at, saw: `${text}: more than one address` });
  }
  if (value.state === 'unknown') return pointsAtOne(value, at);
  if (value.state === 'text') {
    const [hole, rest, ...more] = value.parts;
    if (typeof hole === 'object' && (rest === '/32' || rest === '/128') && more.length === 0)
      return pointsAtOne(hole, at);
  }
  return unknown({ at, saw: describe(value), causes: ['function'] });
}

function pointsAtOne(value: Unknown, at: string): Truth {
  const { traversal, causes } = value;
  return traversal !== undefined && traversal.certainty === 'certain' && isAddress(traversal)
    ? yes({ at, saw: `${traversal.text}: one address` })
    : unknown({ at, saw: describe(value), causes });
}

function isAddress({ target, attribute }: Reference): boolean {
  const type = target
    ?.split('/')
    .at(-1)
    ?.split('.')
    .find((part) => part.startsWith('hcloud_'));
  return type !== undefined && attribute.length === 1 && (oneAddress[type]?.includes(String(attribute[0])) ?? false);
}
