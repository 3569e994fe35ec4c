import { renderAction } from './actions.ts';
import { type Answer, type Context, type Handlers, noContent, ok } from './context.ts';
import { ApiError, notFound } from './errors.ts';
import { type Filters, listPage, pathId } from './list.ts';
import { checkName, type NamedKind } from './names.ts';
import type { ActionRecord, Json, Kind, Labels, Tables } from './types.ts';

export interface Collection<K extends NamedKind> {
  readonly kind: K;
  /** Key of the list in answers and part of the path. */
  readonly plural: string;
  /** The kind as the description's operationIds write it. */
  readonly operation?: string;
  readonly operations?: string;
  readonly render: (context: Context, record: Tables[K]) => Json;
  readonly filters?: Filters<Tables[K]>;
  /** By what a list may be sorted besides id, name and creation. */
  readonly sorts?: Readonly<Record<string, (record: Tables[K]) => string | number>>;
  readonly extraUpdate?: (context: Context, record: Tables[K], body: Json) => Partial<Tables[K]>;
}

/** Object that a path names. @throws ApiError not_found */
export function found<K extends Exclude<Kind, 'action'>>(context: Context, kind: K, id = context.params.id): Tables[K] {
  const what = kind.replaceAll('_', ' ');
  const record = context.store.get(kind, pathId(id, what));
  if (record === undefined) throw notFound(what, String(id));
  return record;
}

/** Object that a body names by id. @throws ApiError not_found */
export function referenced<K extends Exclude<Kind, 'action'>>(context: Context, kind: K, id: number): Tables[K] {
  const record = context.store.get(kind, id);
  if (record === undefined) throw notFound(kind.replaceAll('_', ' '), id);
  return record;
}

/** The operations that all collections share: list, get, and change of name and labels. */
export function commonHandlers<K extends NamedKind>(collection: Collection<K>): Handlers {
  const { kind, plural, render, filters = {}, sorts = {}, extraUpdate } = collection;
  const one = collection.operation ?? kind;
  return {
    [`list_${collection.operations ?? plural}`]: (context) =>
      ok(
        listPage(plural, context.store.all(kind), context.query, (record) => render(context, record), {
          filters: { name: (record) => record.name ?? undefined, ...filters },
          sorts: { name: (record) => record.name ?? '', created: (record) => record.created, ...sorts },
          labels: (record) => record.labels,
        }),
      ),
    [`get_${one}`]: (context) => ok({ [kind]: render(context, found(context, kind)) }),
    [`replace_${one}`]: (context) => {
      const record = found(context, kind);
      const body = (context.body ?? {}) as { readonly name?: string; readonly labels?: Labels } & Json;
      if (body.name !== undefined) checkName(context, kind, body.name, record.id);
      const changed = context.store.update(kind, record.id, {
        ...(body.name === undefined ? {} : { name: body.name }),
        ...(body.labels === undefined ? {} : { labels: body.labels }),
        ...extraUpdate?.(context, record, body),
      } as Partial<Tables[K]>);
      return ok({ [kind]: render(context, changed ?? record) });
    },
  };
}

/** The four ways to read the actions of a kind. */
export function actionHandlers(kind: NamedKind, idOf = (context: Context) => found(context, kind).id): Handlers {
  const ofObject = (context: Context): readonly ActionRecord[] => {
    const id = idOf(context);
    return ofKind(context).filter((action) => action.resources.some((each) => each.type === kind && each.id === id));
  };
  const ofKind = (context: Context): readonly ActionRecord[] =>
    context.store.all('action').filter(({ resources }) => resources.some(({ type }) => type === kind));
  const oneOf = (context: Context, actions: readonly ActionRecord[], id: string | undefined): Answer => {
    const wanted = pathId(id, 'action');
    const action = actions.find((each) => each.id === wanted);
    if (action === undefined) throw notFound('action', wanted);
    return ok({ action: renderAction(action, context.now) });
  };
  return {
    [`list_actions_for_${kind}`]: (context) => ok(actionPage(context, ofObject(context))),
    [`get_action_for_${kind}`]: (context) => oneOf(context, ofObject(context), context.params.action_id),
    [`list_${kind}_actions`]: (context) => ok(actionPage(context, ofKind(context))),
    [`get_${kind}_action`]: (context) => oneOf(context, ofKind(context), context.params.id),
  };
}

/** Actions by page, filtered by id and status, as the API lists them. */
export function actionPage(context: Context, actions: readonly ActionRecord[]): Json {
  return listPage('actions', actions, context.query, (action) => renderAction(action, context.now), {
    filters: { id: ({ id }) => id, status: ({ status }) => status },
    sorts: {
      command: ({ command }) => command,
      status: ({ status }) => status,
      started: ({ starts }) => starts,
      finished: ({ ends }) => ends,
      progress: (action) => Number(renderAction(action, context.now).progress),
    },
  });
}

/** Removes an object that nothing holds. */
export function removeNow(context: Context, kind: Kind, id: number): Answer {
  context.store.remove(kind, id);
  return noContent;
}

/** @throws ApiError protected */
export function refuseProtected(kind: string, isProtected: boolean, what = 'deletion'): void {
  if (isProtected) throw new ApiError('protected', `${kind} ${what} is protected`);
}
