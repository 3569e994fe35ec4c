import { type Actions, type Begin, renderAction } from './actions.ts';
import type { Lookups } from './lookups.ts';
import type { Store } from './store.ts';
import type { ActionRecord, Json } from './types.ts';

/** What a handler gets: one request of one project, already authenticated and validated. */
export interface Context {
  readonly store: Store;
  readonly actions: Actions;
  readonly lookups: Lookups;
  readonly now: number;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** The body as the API's description allows it: a handler names the form it expects. */
  readonly body: unknown;
  readonly nextId: () => number;
}

export interface Answer {
  readonly status: number;
  readonly json?: Json;
}

export type Handler = (context: Context) => Answer;

/** Handlers by the operationId of the API's description. */
export type Handlers = Readonly<Record<string, Handler>>;

export const ok = (json: Json): Answer => ({ status: 200, json });
export const created = (json: Json): Answer => ({ status: 201, json });
export const noContent: Answer = { status: 204 };

export const begin = (context: Context, action: Begin): ActionRecord =>
  context.actions.begin(context.nextId(), context.now, action);

/** Begins an action and answers with it, as most verbs do. */
export const answerAction = (context: Context, action: Begin): Answer =>
  created({ action: renderAction(begin(context, action), context.now) });

export const rendered = (context: Context, action: ActionRecord): Json => renderAction(action, context.now);
