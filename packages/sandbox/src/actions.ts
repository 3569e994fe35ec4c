import { ApiError, notFound } from './errors.ts';
import type { Store } from './store.ts';
import type { ActionError, ActionRecord, Effect, Json, Kind, ResourceRef } from './types.ts';

/** How long an action takes at Hetzner, in milliseconds, roughly; what is missing has finished when it is answered. */
const DURATIONS: Readonly<Record<string, number>> = {
  create_server: 8_000,
  start_server: 3_000,
  stop_server: 2_000,
  shutdown_server: 5_000,
  reboot_server: 2_000,
  reset_server: 2_000,
  rebuild_server: 15_000,
  delete_server: 3_000,
  change_server_type: 10_000,
  create_image: 20_000,
  create_volume: 1_500,
  attach_volume: 1_500,
  detach_volume: 1_500,
  resize_volume: 1_000,
  attach_to_network: 1_500,
  detach_from_network: 1_500,
  add_subnet: 400,
  delete_subnet: 400,
  add_route: 400,
  delete_route: 400,
  apply_firewall: 600,
  remove_firewall: 600,
  set_firewall_rules: 400,
  assign_floating_ip: 500,
  unassign_floating_ip: 500,
  issue_certificate: 5_000,
  create_load_balancer: 2_000,
  change_load_balancer_type: 1_500,
  add_target: 600,
  remove_target: 600,
  create: 6_000,
  delete: 2_000,
  change_type: 2_000,
  create_snapshot: 3_000,
  delete_snapshot: 1_000,
  rollback_snapshot: 3_000,
  create_subaccount: 1_000,
  delete_subaccount: 1_000,
  update_access_settings: 500,
  reset_password: 500,
};

/** Which kinds an action locks; one that is not here locks all it names. */
const LOCKS: Readonly<Record<string, readonly string[]>> = {
  attach_to_network: ['server'],
  detach_from_network: ['server'],
  apply_firewall: [],
  remove_firewall: [],
  set_firewall_rules: [],
  assign_floating_ip: ['floating_ip'],
  unassign_floating_ip: ['floating_ip'],
  // terraform makes targets of one load balancer, and accounts and snapshots of one box, side by side, and is not refused.
  add_target: [],
  remove_target: [],
  create_snapshot: ['storage_box_snapshot'],
  delete_snapshot: ['storage_box_snapshot'],
  create_subaccount: ['storage_box_subaccount'],
  delete_subaccount: ['storage_box_subaccount'],
};

export interface Begin {
  readonly command: string;
  readonly resources: readonly ResourceRef[];
  /** Done to the stored objects when the action ends. */
  readonly effects?: readonly Effect[];
  /** The action that must end first. */
  readonly after?: ActionRecord;
  /** The action ends with this error; its effects are then what the failure leaves. */
  readonly fails?: ActionError;
}

/**
 * The actions of one project. An action that runs locks the objects it names; what it does to them when it ends stands in its
 * record, so that a restart in between loses nothing.
 */
export class Actions {
  private readonly store: Store;
  private readonly speed: number;
  private readonly running = new Set<number>();
  private readonly locks = new Map<string, number>();

  /** @param speed how many times faster than Hetzner; Infinity: every action ends at once. */
  constructor(store: Store, speed: number) {
    this.store = store;
    this.speed = speed;
  }

  /** Begins an action and returns it as it stands now: finished already when it takes no time. */
  begin(id: number, now: number, { command, resources, effects = [], after, fails }: Begin): ActionRecord {
    const starts = Math.max(now, after?.ends ?? now);
    const ends = starts + (DURATIONS[command] ?? 0) / this.speed;
    const action: ActionRecord = {
      id,
      command,
      starts,
      ends,
      status: 'running',
      resources,
      effects,
      error: null,
      ...(fails && { fails }),
    };
    this.store.put('action', action);
    this.run(action);
    if (ends <= now) this.finish(action);
    return this.store.get('action', id) ?? action;
  }

  /** Ends what is due, in the order in which it ends. */
  tick(now: number): void {
    const due = [...this.running]
      .map((id) => this.store.get('action', id))
      .filter((action) => action !== undefined)
      .filter(({ ends }) => ends <= now)
      .sort((a, b) => a.ends - b.ends || a.id - b.id);
    for (const action of due) this.finish(action);
  }

  /** When the next action ends, or undefined when none runs. */
  next(): number | undefined {
    const ends = [...this.running].map((id) => this.store.get('action', id)?.ends).filter((end) => end !== undefined);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** @throws ApiError `locked`, or `conflict` for networks as Hetzner has it, while an action runs on the object. */
  refuseLocked(kind: Kind, id: number): void {
    if (!this.isLocked(kind, id)) return;
    throw kind === 'network'
      ? new ApiError('conflict', `network ${id} is changed by another action, try again`)
      : new ApiError('locked', `${kind} ${id} is locked by another action`);
  }

  isLocked(kind: Kind, id: number): boolean {
    return (this.locks.get(`${kind}/${id}`) ?? 0) > 0;
  }

  /** Reads from the store which actions run: after a replay, and after a request that was taken back. */
  reload(): void {
    this.running.clear();
    this.locks.clear();
    for (const action of this.store.all('action')) if (action.status === 'running') this.run(action);
  }

  private run(action: ActionRecord): void {
    this.running.add(action.id);
    for (const key of lockedBy(action)) this.locks.set(key, (this.locks.get(key) ?? 0) + 1);
  }

  private finish(action: ActionRecord): void {
    this.running.delete(action.id);
    for (const key of lockedBy(action)) {
      const left = (this.locks.get(key) ?? 0) - 1;
      if (left > 0) this.locks.set(key, left);
      else this.locks.delete(key);
    }
    for (const effect of action.effects) {
      if ('remove' in effect) this.store.remove(effect.kind, effect.id);
      else this.store.update(effect.kind, effect.id, effect.set);
    }
    const { fails, ...ended } = action;
    const status = fails === undefined ? 'success' : 'error';
    this.store.put('action', { ...ended, status, effects: [], error: fails ?? null });
  }
}

const lockedBy = ({ command, resources }: ActionRecord): readonly string[] =>
  resources.filter(({ type }) => LOCKS[command]?.includes(type) ?? true).map(({ type, id }) => `${type}/${id}`);

/** An action in the API's form, with its progress at an instant. */
export function renderAction(action: ActionRecord, now: number): Json {
  const { id, command, starts, ends, status, resources, error } = action;
  const running = status === 'running';
  const passed = ends === starts ? 1 : (now - starts) / (ends - starts);
  return {
    id,
    command,
    status,
    progress: running ? Math.min(99, Math.max(0, Math.floor(passed * 100))) : 100,
    started: instant(starts),
    finished: running ? null : instant(ends),
    resources,
    error,
  };
}

/** Milliseconds as the API writes instants. */
export const instant = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}+00:00`;

export function actionOf(store: Store, id: number): ActionRecord {
  const action = store.get('action', id);
  if (action === undefined) throw notFound('action', id);
  return action;
}
