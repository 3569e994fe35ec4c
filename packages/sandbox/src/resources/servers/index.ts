import { actionHandlers, commonHandlers, found, referenced, refuseProtected } from '../../collection.ts';
import { answerAction, begin, type Context, created, type Handler, type Handlers, rendered } from '../../context.ts';
import { ApiError, invalidField, notFound } from '../../errors.ts';
import type { Effect, ResourceRef, Server } from '../../types.ts';
import { backupsOf, imageFor, imageFromServer } from '../images.ts';
import { serverMetrics } from '../metrics.ts';
import { refuseFull } from '../placement-groups.ts';
import { changePointer } from '../primary-ips.ts';
import { checkUserData, createServer, password, refuseUnavailable } from './create.ts';
import { type Attachment, aliasesOf, attachmentOf } from './private-net.ts';
import { renderServer } from './render.ts';

const ref = ({ id }: Server): ResourceRef => ({ id, type: 'server' });

const becomes = (server: Server, set: Partial<Server>): Effect => ({ kind: 'server', id: server.id, set });

/** The server of a path, on which no action runs. */
function unlocked(context: Context): Server {
  const server = found(context, 'server');
  context.actions.refuseLocked('server', server.id);
  return server;
}

function stopped(context: Context): Server {
  const server = unlocked(context);
  if (server.status !== 'off') throw new ApiError('server_not_stopped', `server ${server.id} must be powered off`);
  return server;
}

/** A verb that changes the power: what the server is meanwhile, and what it is then. */
const power =
  (command: string, meanwhile: Server['status'], then: Server['status']): Handler =>
  (context) => {
    const server = unlocked(context);
    context.store.update('server', server.id, { status: meanwhile });
    // "Rescue Mode is automatically disabled when you first boot into it."
    const booted = then === 'running' ? { status: then, rescue: false } : { status: then };
    return answerAction(context, { command, resources: [ref(server)], effects: [becomes(server, booted)] });
  };

/** "A Server requires at least one network interface (public or private) to be powered on." */
const canRun = (context: Context, { id, privateNet }: Server): boolean =>
  privateNet.length > 0 || context.store.referringTo('primary_ip', id).length > 0;

const powerOn: Handler = (context) => {
  const server = unlocked(context);
  if (!canRun(context, server))
    throw invalidField('public_net', 'a server needs a public or private network to be powered on');
  return power('start_server', 'starting', 'running')(context);
};

/** A verb that changes fields at once. */
function change(
  context: Context,
  command: string,
  server: Server,
  fields: Partial<Server>,
  others: ResourceRef[] = [],
) {
  context.store.update('server', server.id, fields);
  return answerAction(context, { command, resources: [ref(server), ...others] });
}

const remove: Handler = (context) => {
  const server = unlocked(context);
  refuseProtected('server', server.deleteProtected);
  const { store } = context;
  context.store.update('server', server.id, { status: 'deleting' });
  const volumes = store.referringTo('volume', server.id);
  const addresses = store.referringTo('primary_ip', server.id);
  const floating = store.referringTo('floating_ip', server.id);
  const backups = backupsOf(context, server);
  const action = begin(context, {
    command: 'delete_server',
    resources: [ref(server)],
    effects: [
      ...volumes.map(({ id }): Effect => ({ kind: 'volume', id, set: { server: null } })),
      ...addresses.map(
        ({ id, autoDelete }): Effect =>
          autoDelete ? { kind: 'primary_ip', id, remove: true } : { kind: 'primary_ip', id, set: { server: null } },
      ),
      ...floating.map(({ id }): Effect => ({ kind: 'floating_ip', id, set: { server: null } })),
      ...backups.map(({ id }): Effect => ({ kind: 'image', id, remove: true })),
      { kind: 'server', id: server.id, remove: true },
    ],
  });
  return { status: 200, json: { action: rendered(context, action) } };
};

const rebuild: Handler = (context) => {
  const server = unlocked(context);
  refuseProtected('server', server.rebuildProtected, 'rebuild');
  const body = context.body as { image: string | number; user_data?: string };
  const type = context.lookups.serverType(server.serverType);
  const image = imageFor(context, body.image, type?.architecture ?? 'x86');
  if (image.diskSize > server.diskSize) throw invalidField('image', `needs a disk of ${image.diskSize} GB`);
  checkUserData(body.user_data);
  context.store.update('server', server.id, {
    status: 'rebuilding',
    image: image.id,
    ...(body.user_data === undefined ? {} : { userData: body.user_data }),
  });
  const action = begin(context, {
    command: 'rebuild_server',
    resources: [ref(server), { id: image.id, type: 'image' }],
    effects: [becomes(server, { status: 'running' })],
  });
  return created({ action: rendered(context, action), root_password: server.keyed === false ? password() : null });
};

const changeType: Handler = (context) => {
  const server = stopped(context);
  const { server_type: wanted, upgrade_disk: upgrade } = context.body as {
    server_type: string | number;
    upgrade_disk: boolean;
  };
  const [type, old] = [context.lookups.serverType(wanted), context.lookups.serverType(server.serverType)];
  if (type === undefined) throw invalidField('server_type', `'${wanted}' is no server type`);
  if (type.architecture !== old?.architecture)
    throw new ApiError('invalid_server_type', `server type ${type.name} has another architecture`);
  if (type.disk < server.diskSize)
    throw new ApiError('invalid_server_type', `server type ${type.name} has a smaller disk than the server`);
  refuseUnavailable(context, type, server.location);
  return answerAction(context, {
    command: 'change_server_type',
    resources: [ref(server)],
    // "This copies the content of its disk, and starts it again" (docs.hetzner.cloud, "Change the Type of a Server").
    effects: [
      becomes(server, {
        serverType: type.id,
        diskSize: upgrade ? type.disk : server.diskSize,
        status: canRun(context, server) ? 'running' : 'off',
      }),
    ],
  });
};

const attachNetwork: Handler = (context) => {
  const server = unlocked(context);
  const added = attachmentOf(context, server, context.body as Attachment);
  return change(context, 'attach_to_network', server, { privateNet: [...server.privateNet, added] }, [
    { id: added.network, type: 'network' },
  ]);
};

const detachNetwork: Handler = (context) => {
  const server = unlocked(context);
  const { network } = context.body as { network: number };
  if (!server.privateNet.some((each) => each.network === network)) throw notFound('network of the server', network);
  return answerAction(context, {
    command: 'detach_from_network',
    resources: [ref(server), { id: network, type: 'network' }],
    effects: [{ kind: 'server', id: server.id, leave: network }],
  });
};

const changeAliases: Handler = (context) => {
  const server = unlocked(context);
  const { network: id, alias_ips: aliases } = context.body as { network: number; alias_ips: readonly string[] };
  if (!server.privateNet.some(({ network }) => network === id)) throw notFound('network of the server', id);
  const aliasIps = aliasesOf(context, referenced(context, 'network', id), server.id, aliases);
  const privateNet = server.privateNet.map((each) => (each.network === id ? { ...each, aliasIps } : each));
  return change(context, 'change_alias_ips', server, { privateNet }, [{ id, type: 'network' }]);
};

const changeProtection: Handler = (context) => {
  const server = unlocked(context);
  const { delete: deletion = server.deleteProtected, rebuild: rebuilding = server.rebuildProtected } = context.body as {
    delete?: boolean;
    rebuild?: boolean;
  };
  if (deletion !== rebuilding) throw invalidField('delete', 'delete and rebuild protection must be the same');
  return change(context, 'change_protection', server, { deleteProtected: deletion, rebuildProtected: rebuilding });
};

const changeDns: Handler = (context) => {
  const server = found(context, 'server');
  const { ip, dns_ptr: name } = context.body as { ip: string; dns_ptr: string | null };
  const family = ip.includes(':') ? 'ipv6' : 'ipv4';
  const primaryIp = context.store.referringTo('primary_ip', server.id).find(({ type }) => type === family);
  if (primaryIp === undefined) throw invalidField('ip', `the server has no ${family} address`);
  changePointer(context, primaryIp, ip, name);
  return answerAction(context, { command: 'change_dns_ptr', resources: [ref(server)] });
};

/** Backups are kept in one of six windows of four hours; which, Hetzner chooses. */
const BACKUP_WINDOW = '22-02';

export const servers: Handlers = {
  ...commonHandlers({
    kind: 'server',
    plural: 'servers',
    render: renderServer,
    filters: { status: ({ status }) => status },
  }),
  ...actionHandlers('server'),
  create_server: createServer,
  delete_server: remove,
  power_on_server: powerOn,
  power_off_server: power('stop_server', 'stopping', 'off'),
  shutdown_server: power('shutdown_server', 'stopping', 'off'),
  soft_reboot_server: power('reboot_server', 'running', 'running'),
  reset_server: power('reset_server', 'running', 'running'),
  rebuild_server_from_image: rebuild,
  change_type_of_server: changeType,
  change_server_protection: changeProtection,
  attach_server_to_network: attachNetwork,
  detach_server_from_network: detachNetwork,
  change_alias_ips_of_network: changeAliases,
  change_reverse_dns_entry_for_this_server: changeDns,
  create_image_from_server: (context) => imageFromServer(context, unlocked(context)),
  enable_and_configure_backups_for_server: (context) =>
    change(context, 'enable_backup', unlocked(context), { backupWindow: BACKUP_WINDOW }),
  /** Takes the backups that were made with it. */
  disable_backups_for_server: (context) => {
    const server = unlocked(context);
    for (const { id } of backupsOf(context, server)) context.store.remove('image', id);
    return change(context, 'disable_backup', server, { backupWindow: null });
  },
  enable_rescue_mode_for_server: (context) => {
    const server = unlocked(context);
    for (const key of (context.body as { ssh_keys?: readonly number[] }).ssh_keys ?? [])
      if (context.store.get('ssh_key', key) === undefined) throw invalidField('ssh_keys', `SSH key '${key}' not found`);
    context.store.update('server', server.id, { rescue: true });
    const action = begin(context, { command: 'enable_rescue', resources: [ref(server)] });
    return created({ action: rendered(context, action), root_password: password() });
  },
  disable_rescue_mode_for_server: (context) => change(context, 'disable_rescue', unlocked(context), { rescue: false }),
  reset_root_password_of_server: (context) => {
    const server = unlocked(context);
    if (server.status !== 'running') throw new ApiError('conflict', `server ${server.id} must be running`);
    const action = begin(context, { command: 'reset_password', resources: [ref(server)] });
    return created({ action: rendered(context, action), root_password: password() });
  },
  /** The credentials of a console that is nowhere: its host is reserved for names that do not exist (RFC 6761). */
  request_console_for_server: (context) => {
    const server = unlocked(context);
    const action = begin(context, { command: 'request_console', resources: [ref(server)] });
    const token = password();
    return created({
      action: rendered(context, action),
      wss_url: `wss://console.sandbox.invalid/?server_id=${server.id}&token=${token}`,
      password: password(),
    });
  },
  get_metrics_for_server: (context) => {
    found(context, 'server');
    return serverMetrics(context);
  },
  attach_iso_to_server: (context) => {
    const { iso: wanted } = context.body as { iso: string | number };
    const iso = context.lookups.iso(wanted);
    if (iso === undefined) throw notFound('iso', wanted);
    const server = unlocked(context);
    const type = context.lookups.serverType(server.serverType);
    if (iso.architecture !== null && iso.architecture !== type?.architecture)
      throw invalidField('iso', `is for ${iso.architecture}, the server is not`);
    return change(context, 'attach_iso', server, { iso: iso.id });
  },
  detach_iso_from_server: (context) => change(context, 'detach_iso', unlocked(context), { iso: null }),
  add_server_to_placement_group: (context) => {
    const server = stopped(context);
    const { placement_group: id } = context.body as { placement_group: number };
    if (server.placementGroup !== null)
      throw new ApiError('server_already_added', `server ${server.id} is in placement group ${server.placementGroup}`);
    const group = referenced(context, 'placement_group', id);
    refuseFull(context, group);
    // It runs afterwards, as the acceptance tests of the provider have it (v1.68.0, internal/server): its host was chosen anew.
    const status = canRun(context, server) ? 'running' : 'off';
    return change(context, 'add_to_placement_group', server, { placementGroup: id, status });
  },
  remove_from_placement_group: (context) =>
    change(context, 'remove_from_placement_group', stopped(context), { placementGroup: null }),
};
