import type { Span, Splitter } from '../json/split.ts';
import type { ResourceChange, StateResource } from './format.ts';

/**
 * Data sources that were read while planning: they stand only in `prior_state`, among everything that exists. Each element is
 * looked at as text first, so that a large state is not parsed for the few that matter.
 */
export function* dataReads(splitter: Splitter, sections: ReadonlyMap<string, Span>): Generator<ResourceChange> {
  const state = member(splitter, sections.get('prior_state'), 'values');
  const modules: [Span | undefined, string][] = [[member(splitter, state, 'root_module'), '']];
  for (let next = modules.pop(); next !== undefined; next = modules.pop()) {
    const [module, address] = next;
    const resources = member(splitter, module, 'resources');
    if (resources !== undefined) {
      for (const item of splitter.items(resources)) {
        if (
          !/"mode"\s*:\s*"data"/.test(splitter.text({ start: item.start, end: Math.min(item.end, item.start + 400) }))
        )
          continue;
        yield readOf(splitter.parse(item) as StateResource, address);
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

function member(splitter: Splitter, span: Span | undefined, key: string): Span | undefined {
  if (span === undefined || splitter.bytes[span.start] !== 0x7b) return undefined;
  return splitter.members(span).get(key);
}

function readOf(resource: StateResource, module: string): ResourceChange {
  const { address, type, name, index, provider_name, values, sensitive_values } = resource;
  return {
    address,
    mode: 'data',
    type,
    name,
    ...(module === '' ? {} : { module_address: module }),
    ...(index === undefined ? {} : { index }),
    ...(provider_name === undefined ? {} : { provider_name }),
    change: { actions: ['read'], after: values, after_sensitive: sensitive_values },
  };
}
