import type { Origin, Place, Root } from '../graph.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json/types.ts';
import { textOf } from './blocks.ts';

/** What cdktf and our stacks write under `"//"` of a resource. */
export interface ResourceMetadata {
  readonly constructPath: string | undefined;
  readonly place: Place | undefined;
  readonly origins: readonly Origin[];
}

const none: ResourceMetadata = { constructPath: undefined, place: undefined, origins: [] };

export function resourceMetadata(body: JsonObject): ResourceMetadata {
  const metadata = metadataOf(body);
  if (metadata === undefined) return none;
  return {
    constructPath: textOf(metadata.get('path')),
    place: placeOfTrace(metadata.get('stackTrace')),
    origins: originsOf(metadata.get('origins')),
  };
}

export function stackMetadata(document: Json): { stack: string | undefined; environment: Root['environment'] } {
  const metadata = isObject(document) ? metadataOf(document) : undefined;
  const environment = metadata?.get('environment');
  const name = isObject(environment) ? textOf(environment.get('name')) : undefined;
  const kind = isObject(environment) ? textOf(environment.get('class')) : undefined;
  return {
    stack: textOf(metadata?.get('stackName')),
    environment: name === undefined || kind === undefined ? undefined : { name, class: kind },
  };
}

function metadataOf(body: JsonObject): JsonObject | undefined {
  const comment = body.get('//');
  const metadata = isObject(comment) ? comment.get('metadata') : undefined;
  return isObject(metadata) ? metadata : undefined;
}

/** Frames stand innermost first; the line somebody edits is the first that is not inside a construct of ours. */
function placeOfTrace(json: Json | undefined): Place | undefined {
  const frames = isArray(json) ? json.filter((frame) => typeof frame === 'string') : [];
  const frame = frames.find((candidate) => !candidate.startsWith('stacks/constructs/')) ?? frames[0];
  return frame === undefined ? undefined : placeOfFrame(frame);
}

function placeOfFrame(frame: string): Place {
  const [, file, line] = /^(.*?):(\d+)(?::\d+)?$/.exec(frame) ?? [];
  return file === undefined || line === undefined ? { file: frame } : { file, line: Number(line) };
}

function originsOf(json: Json | undefined): readonly Origin[] {
  const origins: Origin[] = [];
  for (const item of isArray(json) ? json : []) {
    if (!isObject(item)) continue;
    const attribute = textOf(item.get('attribute'));
    const file = textOf(item.get('file'));
    const line = item.get('line');
    const value = textOf(item.get('value'));
    if (attribute === undefined || file === undefined) continue;
    const place = typeof line === 'number' ? { file, line } : { file };
    origins.push(value === undefined ? { attribute, place } : { attribute, value, place });
  }
  return origins;
}
