import type { Span, Splitter } from '../json/split.ts';
import { own, type ResourceChange, type StateResource } from './format.ts';

/**
 * Resources of a state in JSON (`values`): all of them, or the data sources alone that were read while planning: those stand only
 * in `prior_state`, among everything that exists. Each element is looked at as text first, so that a large state is not parsed
 * for the few that matter.
 */
export function* stateResources(
  splitter: Splitter,
  state: Span | undefined,
  wanted: 'data' | 'all',
): Generator<ResourceChange> {
  const modules: [Span | undefined, string][] = [[member(splitter, state, 'root_module'), '']];
  for (let next = modules.pop(); next !== undefined; next = modules.pop()) {
    const [module, address] = next;
    const resources = member(splitter, module, 'resources');
    if (resources !== undefined) {
      for (const item of splitter.items(resources)) {
        if (wanted === 'data' && !isData(splitter, item)) continue;
        const found = splitter.parse(item);
        for (const key of ['address', 'type', 'name', 'mode']) {
          if (typeof own(found, key) !== 'string') splitter.fail(item.start, `a resource of the state has no ${key}`);
        }
        yield readOf(found as StateResource, address);
      }
    }
    const children = member(splitter, module, 'child_modules');
    if (children === undefined) continue;
    for (const child of splitter.items(children)) {
      const name = member(splitter, child, 'address');
      if (name !== undefined) modules.push([child, String(splitter.parse(name))]);
    }
  }
}

function isData(splitter: Splitter, { start, end }: Span): boolean {
  return /"mode"\s*:\s*"data"/.test(splitter.text({ start, end: Math.min(end, start + 400) }));
}

/** A member of an object that stands at a span; undefined where there is neither. */
export function member(splitter: Splitter, span: Span | undefined, key: string): Span | undefined {
  if (span === undefined || splitter.bytes[span.start] !== 0x7b) return undefined;
  return splitter.members(span).get(key);
}

function readOf(resource: StateResource, module: string): ResourceChange {
  const { address, mode, type, name, index, deposed_key: deposed, provider_name, values, sensitive_values } = resource;
  return {
    address,
    mode: mode === 'data' ? 'data' : 'managed',
    type,
    name,
    ...(module === '' ? {} : { module_address: module }),
    ...(index === undefined ? {} : { index }),
    ...(provider_name === undefined ? {} : { provider_name }),
    ...(deposed === undefined ? {} : { deposed }),
    change:
      mode === 'data'
        ? { actions: ['read'], after: values, after_sensitive: sensitive_values }
        : {
            actions: ['no-op'],
            before: values,
            after: values,
            before_sensitive: sensitive_values,
            after_sensitive: sensitive_values,
          },
  };
}
