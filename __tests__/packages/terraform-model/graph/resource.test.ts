import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { changedGraph, everyAttribute, readPlan, readPlanFile, type Value } from '@lukko/terraform-model';

const plans = path.join(__dirname, '../../../fixtures/plans');
const recorded = readdirSync(plans, { withFileTypes: true }).flatMap((each) => (each.isDirectory() ? [each.name] : []));

/** Texts that are known anywhere in a value. */
const texts = (value: Value): readonly string[] => {
  if (value.state === 'known') return typeof value.value === 'string' ? [value.value] : [];
  if (value.state === 'list') return value.items.flatMap(texts);
  return value.state === 'map' ? [...value.entries.values()].flatMap(texts) : [];
};
const textsIn = (json: unknown): readonly string[] => {
  if (typeof json === 'string') return [json];
  return json !== null && typeof json === 'object' ? Object.values(json).flatMap(textsIn) : [];
};

describe('everyAttribute', () => {
  it.each(recorded.flatMap((name) => [[name, 'alone'] as const, [name, 'with its source'] as const]))(
    'shows every text that attributes of %s hold, %s',
    (name, how) => {
      const folder = path.join(plans, name);
      const source =
        how === 'alone'
          ? undefined
          : readPlanFile(readFileSync(path.join(folder, 'plan.tfplan')), 'plan.tfplan').source;
      const graph = readPlan({ bytes: readFileSync(path.join(folder, 'plan.json')), file: 'plan.json', source });
      let looks = 0;
      for (const resource of graph.resources) {
        const seen = new Set<string>();
        everyAttribute(resource, {
          json: (_, json) => {
            for (const text of textsIn(json)) seen.add(text);
            looks += 1;
            return true;
          },
          value: (_, value) => {
            for (const text of texts(value())) seen.add(text);
            return true;
          },
        });
        const { value } = resource.attr();
        expect([resource.id, texts(value).filter((text) => !seen.has(text))]).toEqual([resource.id, []]);
      }
      expect(looks > 0).toBe(graph.resources.some(({ mode, change }) => mode === 'managed' && change !== 'delete'));
    },
  );

  it('shows what a changed graph holds, not what the plan did', () => {
    const graph = readPlan({ bytes: readFileSync(path.join(plans, 'foreign-loops/plan.json')), file: 'plan.json' });
    const [first] = graph.resources;
    const id = first?.id ?? '';
    const name: Value = { state: 'known', value: 'another name' };
    const changed = changedGraph(graph, { values: new Map([[id, new Map([['name', name]])]]) }).byId(id);
    const seen: string[] = [];
    if (changed !== undefined)
      everyAttribute(changed, {
        json: (_, json) => seen.push(...textsIn(json)) >= 0,
        value: (_, value) => seen.push(...texts(value())) >= 0,
      });
    expect(seen).toContain('another name');
  });

  it('stops at the first look that says no', () => {
    const graph = readPlan({ bytes: readFileSync(path.join(plans, 'foreign-loops/plan.json')), file: 'plan.json' });
    let looks = 0;
    const stop = () => {
      looks += 1;
      return false;
    };
    for (const resource of graph.resources) expect(everyAttribute(resource, { json: stop, value: stop })).toBe(false);
    expect(looks).toBe(graph.resources.length);
  });
});
