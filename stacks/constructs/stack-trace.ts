import path from 'node:path';
import { Node } from 'constructs';

/** Root of the repository: this file lies two folders below it. */
const REPOSITORY = path.resolve(__dirname, '..', '..');
const TRACE_DEPTH = 40;

let recording = false;

/**
 * cdktf reserves `stackTrace` in each resource's metadata but asks `constructs` for none; this asks. Every element created
 * afterwards knows the TypeScript lines that created it, so that a finding can name the line to change. Calling it twice is harmless.
 */
export function recordStackTraces(): void {
  if (recording) return;
  recording = true;
  const addMetadata = Node.prototype.addMetadata;
  Node.prototype.addMetadata = function (type, data, options) {
    if (type !== 'stacktrace') {
      addMetadata.call(this, type, data, options);
      return;
    }
    const depth = Error.stackTraceLimit;
    Error.stackTraceLimit = TRACE_DEPTH;
    try {
      addMetadata.call(this, type, data, { ...options, stackTrace: true });
    } finally {
      Error.stackTraceLimit = depth;
    }
  };
}

/**
 * The frames of a recorded trace that lie in this repository, innermost first, as `file:line` with forward slashes. Frames of
 * packages, of generated bindings and of node itself say nothing to the reader, and absolute paths would differ per machine.
 */
export function repositoryFrames(trace: readonly string[]): string[] {
  const frames = trace.flatMap((frame) => {
    const place = /^(?:.*\()?(?:file:\/\/)?(.+?):(\d+):\d+\)?$/.exec(frame);
    const file = place?.[1] === undefined ? '' : path.relative(REPOSITORY, place[1]).split(path.sep).join('/');
    return isOurs(file) ? [`${file}:${place?.[2]}`] : [];
  });
  return frames.filter((frame, index) => frame !== frames[index - 1]);
}

function isOurs(file: string): boolean {
  return /^(main\.ts|stacks\/|__tests__\/)/.test(file) && !file.startsWith('stacks/constructs/stack-trace.ts');
}
