import { ApiError, invalidField } from './errors.ts';
import { labelSelector } from './label-selector.ts';
import type { Json } from './types.ts';

const LARGEST_PAGE = 50;
const DEFAULT_PAGE = 25;

/** Filters of a list by the parameter of the query that asks for them; several values mean any of them. */
export type Filters<T> = Readonly<Record<string, (item: T) => string | number | undefined>>;

export interface ListOptions<T> {
  readonly filters?: Filters<T>;
  /** Fields by which a list may be sorted, with what they compare. */
  readonly sorts?: Readonly<Record<string, (item: T) => string | number>>;
  readonly labels?: (item: T) => Readonly<Record<string, string>>;
  readonly largestPage?: number;
}

/** One page of what a query asks for, sorted by id when it does not say.
 * @throws ApiError invalid_input for a page, sort or selector that is none. */
export function listPage<T extends { readonly id: number | string }>(
  key: string,
  items: readonly T[],
  query: URLSearchParams,
  render: (item: T) => unknown,
  options: ListOptions<T> = {},
): Json {
  const found = sorted(filtered(items, query, options), query, options);
  const page = wholeNumber(query, 'page', 1, Number.MAX_SAFE_INTEGER);
  const perPage = Math.min(
    wholeNumber(query, 'per_page', DEFAULT_PAGE, Number.MAX_SAFE_INTEGER),
    options.largestPage ?? LARGEST_PAGE,
  );
  const last = Math.max(1, Math.ceil(found.length / perPage));
  return {
    [key]: found.slice((page - 1) * perPage, page * perPage).map(render),
    meta: {
      pagination: {
        page,
        per_page: perPage,
        previous_page: page > 1 ? page - 1 : null,
        next_page: page < last ? page + 1 : null,
        last_page: last,
        total_entries: found.length,
      },
    },
  };
}

function filtered<T>(items: readonly T[], query: URLSearchParams, options: ListOptions<T>): readonly T[] {
  let found = items;
  for (const [name, read] of Object.entries(options.filters ?? {})) {
    const wanted = new Set(query.getAll(name));
    if (wanted.size > 0) found = found.filter((item) => wanted.has(String(read(item) ?? '')));
  }
  const selector = query.get('label_selector');
  const { labels } = options;
  if (selector === null || selector === '' || labels === undefined) return found;
  const matches = labelSelector(selector);
  return found.filter((item) => matches(labels(item)));
}

function sorted<T extends { readonly id: number | string }>(
  items: readonly T[],
  query: URLSearchParams,
  options: ListOptions<T>,
): readonly T[] {
  const orders = query.getAll('sort').map((text) => {
    const [field = '', direction = 'asc'] = text.split(':');
    const read = field === 'id' ? (item: T) => item.id : options.sorts?.[field];
    if (read === undefined || !Object.hasOwn({ id: 0, ...options.sorts }, field) || !/^(asc|desc)$/.test(direction))
      throw invalidField('sort', `cannot sort by '${text}'`);
    return { read, sign: direction === 'desc' ? -1 : 1 };
  });
  if (orders.length === 0) return items;
  return [...items].sort((a, b) => {
    for (const { read, sign } of orders) {
      const [left, right] = [read(a), read(b)];
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
}

function wholeNumber(query: URLSearchParams, name: string, otherwise: number, largest: number): number {
  const text = query.get(name);
  if (text === null || text === '') return otherwise;
  const number = Number(text);
  if (!/^\d{1,15}$/.test(text) || number < 1 || number > largest)
    throw invalidField(name, 'must be a whole number above zero');
  return number;
}

/** An id of a path. @throws ApiError not_found for what can be none, as Hetzner answers it. */
export function pathId(text: string | undefined, what: string): number {
  if (text === undefined || !/^[1-9]\d{0,15}$/.test(text))
    throw new ApiError('not_found', `${what} with ID '${text ?? ''}' not found`);
  return Number(text);
}
