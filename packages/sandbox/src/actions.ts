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

/** Finished actions of a project are kept up to the first number; then the oldest go, down to the second. */
const MOST_ACTIONS = 20_000;
const ACTIONS_LEFT = 10_000;

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

/** How the actions of one request run when not as usual: ended at once, later by milliseconds, or with an error. */
export interface Manner {
  readonly atOnce?: boolean;
  readonly slower?: number;
  readonly fails?: ActionRecord['fails'];
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
  /** No action ends before this instant. */
  private nextEnd = Number.POSITIVE_INFINITY;
  private manner: Manner = {};
  private begun: number[] = [];

  /** @param speed how many times faster than Hetzner; Infinity: every action ends at once. */
  constructor(store: Store, speed: number) {
    this.store = store;
    this.speed = speed;
  }

  /** Begins an action and returns it as it stands now: finished already when it takes no time. */
  begin(id: number, now: number, { command, resources, effects = [], after, fails: ending }: Begin): ActionRecord {
    const { atOnce = false, slower = 0, fails } = this.manner;
    const starts = Math.max(now, after?.ends ?? now);
    const ends = atOnce ? starts : starts + slower + (DURATIONS[command] ?? 0) / this.speed;
    const action: ActionRecord = {
      ...{ id, command, starts, ends, status: 'running', resources, error: null },
      ...(fails === undefined ? { effects, ...(ending && { fails: ending }) } : { effects: [], fails }),
    };
    this.store.put('action', action);
    this.begun.push(id);
    this.run(action);
    // One that fails does so later: what it takes back is known when the request is done.
    if (ends <= now && fails === undefined) this.finish(action);
    return this.store.get('action', id) ?? action;
  }

  /** Performs a request whose actions run in another manner. Failing, they put back what it changed of objects that were there. */
  within<T>(manner: Manner, perform: () => T): T {
    this.manner = manner;
    this.begun = [];
    try {
      const result = perform();
      if (manner.fails !== undefined) this.putBack();
      return result;
    } finally {
      this.manner = {};
    }
  }

  private putBack(): void {
    const begun = this.begun.map((id) => this.store.get('action', id)).filter((action) => action !== undefined);
    const last = begun.reduce<ActionRecord | undefined>(
      (a, b) => (a !== undefined && a.ends > b.ends ? a : b),
      undefined,
    );
    if (last === undefined) return;
    const effects = this.store.altered().map(({ kind, id, before, now }): Effect => {
      const fields = Object.entries(before).filter(([key, value]) => value !== (now as Json)[key]);
      return { kind, id, set: Object.fromEntries(fields) };
    });
    this.store.put('action', { ...last, effects: effects.filter(({ kind }) => kind !== 'action') });
  }

  /** Ends what is due, in the order in which it ends. */
  tick(now: number): void {
    if (this.store.count('action') > MOST_ACTIONS) this.forget();
    if (now < this.nextEnd) return;
    const due = [...this.running]
      .map((id) => this.store.get('action', id))
      .filter((action) => action !== undefined)
      .filter(({ ends }) => ends <= now)
      .sort((a, b) => a.ends - b.ends || a.id - b.id);
    for (const action of due) this.finish(action);
    this.nextEnd = Number.POSITIVE_INFINITY;
    for (const id of this.running) this.nextEnd = Math.min(this.nextEnd, this.store.get('action', id)?.ends ?? now);
  }

  /** Removes the oldest of those that ended: whoever waited for them has long asked. */
  private forget(): void {
    const ended = this.store.all('action').filter(({ id }) => !this.running.has(id));
    for (const { id } of ended.slice(0, Math.max(0, ended.length - ACTIONS_LEFT))) this.store.remove('action', id);
  }

  /** Those that run, by id. */
  open(): readonly ActionRecord[] {
    const ids = [...this.running].sort((a, b) => a - b);
    return ids.map((id) => this.store.get('action', id)).filter((action) => action !== undefined);
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
    this.nextEnd = Math.min(this.nextEnd, action.ends);
    for (const key of lockedBy(action)) this.locks.set(key, (this.locks.get(key) ?? 0) + 1);
  }

  private leave(id: number, network: number): void {
    const { privateNet = [] } = this.store.get('server', id) ?? {};
    this.store.update('server', id, { privateNet: privateNet.filter((each) => each.network !== network) });
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
      else if ('leave' in effect) this.leave(effect.id, effect.leave);
      else this.store.update(effect.kind, effect.id, effect.set);
    }
    const { fails, ...ended } = action;
    this.store.put('action', {
      ...ended,
      ...(fails === undefined ? { status: 'success' } : { status: 'error', error: fails }),
      effects: [],
    });
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

const WRITTEN = new Map<number, string>();
/** Seconds whose text is kept: what is asked for together was mostly made together. */
const MOST_WRITTEN = 10_000;

/** Milliseconds as the API writes instants. */
export function instant(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  const known = WRITTEN.get(second);
  if (known !== undefined) return known;
  if (WRITTEN.size >= MOST_WRITTEN) WRITTEN.clear();
  const text = `${new Date(milliseconds).toISOString().slice(0, 19)}+00:00`;
  WRITTEN.set(second, text);
  return text;
}

export function actionOf(store: Store, id: number): ActionRecord {
  const action = store.get('action', id);
  if (action === undefined) throw notFound('action', id);
  return action;
}
