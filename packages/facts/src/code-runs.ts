import type { Graph } from '@lukko/terraform-model';
import type { CodeRun } from './types.ts';

/** Code terraform itself runs: provisioners at apply, `external` and `http` data sources at plan. */
export function codeRunsOf(graph: Graph): CodeRun[] {
  return graph.resources.flatMap((resource): CodeRun[] => {
    const provisioners = (resource.provisioners ?? []).map(
      (each): CodeRun => ({
        owner: resource.id,
        at: each.id,
        place: each.place,
        kind: each.type,
        command: each.type === 'local-exec' ? each.attr('command') : undefined,
      }),
    );
    if (resource.mode !== 'data' || (resource.type !== 'external' && resource.type !== 'http')) return provisioners;
    const command = resource.type === 'external' ? resource.attr('program') : undefined;
    return [
      ...provisioners,
      { owner: resource.id, at: resource.id, place: resource.place, kind: resource.type, command },
    ];
  });
}
