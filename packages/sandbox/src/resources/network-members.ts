import { found } from '../collection.ts';
import { type Context, type Handler, ok } from '../context.ts';
import { contains, parseAddress, parseRange } from '../ipv4.ts';
import { listPage } from '../list.ts';
import type { ActionRecord, Network } from '../types.ts';
import { balancersIn, serversIn } from './networks.ts';

interface Member {
  readonly type: 'server' | 'load_balancer';
  readonly id: number;
  readonly ip: string;
  readonly aliasIps: readonly string[];
  readonly subnet: string;
  readonly status: string;
}

/** What a member is while an action on it runs; else it is `ok`. */
const MEANWHILE: Readonly<Record<string, string>> = {
  attach_to_network: 'attaching',
  detach_from_network: 'detaching',
  change_alias_ips: 'updating',
};

/** Servers and load balancers in a network, with their addresses there (hcloud-go v2.49.0, hcloud/network.go). */
export const listMembers: Handler = (context) => {
  const network = found(context, 'network');
  const page = listPage('members', membersOf(context, network), context.query, render, {
    filters: { type: ({ type }) => type, status: ({ status }) => status, subnet: ({ subnet }) => subnet },
    sorts: {
      type: ({ type }) => type,
      status: ({ status }) => status,
      ip: ({ ip }) => parseAddress(ip) ?? 0,
    },
  });
  return ok(page);
};

const render = ({ aliasIps, ...member }: Member) => ({ ...member, alias_ips: aliasIps });

function membersOf(context: Context, network: Network): readonly Member[] {
  const running = context.actions.open().filter((action) => isOn(action, 'network', network.id));
  const member = (type: Member['type'], id: number, ip: string, aliasIps: readonly string[]): Member => {
    const action = running.find((each) => isOn(each, type, id) && MEANWHILE[each.command] !== undefined);
    const status = MEANWHILE[action?.command ?? ''] ?? 'ok';
    return { type, id, ip, aliasIps, subnet: subnetOf(network, ip), status };
  };
  const servers = serversIn(context, network.id).flatMap(({ id, privateNet }) =>
    privateNet
      .filter((each) => each.network === network.id)
      .map(({ ip, aliasIps }) => member('server', id, ip, aliasIps)),
  );
  const balancers = balancersIn(context, network.id).flatMap(({ id, privateNet }) =>
    privateNet.filter((each) => each.network === network.id).map(({ ip }) => member('load_balancer', id, ip, [])),
  );
  return [...servers, ...balancers].sort((a, b) => a.id - b.id);
}

const isOn = ({ resources }: ActionRecord, type: string, id: number): boolean =>
  resources.some((each) => each.type === type && each.id === id);

function subnetOf({ subnets }: Network, ip: string): string {
  const inner = parseRange(`${ip}/32`);
  const found = subnets.find(({ ipRange }) => {
    const outer = parseRange(ipRange);
    return outer !== undefined && inner !== undefined && contains(outer, inner);
  });
  return found?.ipRange ?? '';
}
