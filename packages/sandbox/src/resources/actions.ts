import { actionOf, renderAction } from '../actions.ts';
import { actionPage } from '../collection.ts';
import { type Handlers, ok } from '../context.ts';
import { ApiError, invalidField } from '../errors.ts';
import { pathId } from '../list.ts';

export const actions: Handlers = {
  get_action: (context) =>
    ok({ action: renderAction(actionOf(context.store, pathId(context.params.id, 'action')), context.now) }),
  /** Only by id: the API no longer lists all actions of a project. An id that is unknown is left out. */
  get_multiple_actions: (context) => {
    const ids = context.query.getAll('id');
    if (ids.length === 0)
      throw new ApiError('deprecated_api_endpoint', 'listing all actions is no longer supported: give ids');
    const wrong = ids.find((id) => !/^\d{1,16}$/.test(id));
    if (wrong !== undefined) throw invalidField('id', `'${wrong}' is no id`);
    const wanted = [...new Set(ids)].map((id) => context.store.get('action', Number(id)));
    return ok(
      actionPage(
        context,
        wanted.filter((action) => action !== undefined).sort((a, b) => a.id - b.id),
      ),
    );
  },
};
