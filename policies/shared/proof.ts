import type { Proof } from '@lukko/facts';
import type { Reason } from '@lukko/terraform-model';
import { fit } from './message.ts';

/**
 * What a chain of statements lacks, as a message: the first step that is false, else the first that is not shown.
 * `quality` is what the whole chain would prove: *encrypted*.
 */
export function proofMessage(subject: string, quality: string, { is, steps }: Proof): string {
  if (is === true) return fit(`${subject} is ${quality}`);
  const broken = steps.find((step) => step.is === false);
  if (broken !== undefined) {
    const [first] = broken.because;
    const start = `${subject} is not ${quality}`;
    if (first === undefined) return fit(`${start}: not so that ${broken.claim}`);
    return fit(`${start}: ${placed(first)}`, `${start}: ${first.saw}`, `${start}: not so that ${broken.claim}`);
  }
  const open = steps.find((step) => step.is === 'unknown');
  return fit(`${subject} is not shown to be ${quality}: not proven that ${open?.claim ?? 'it is'}`);
}

/** `hcloud_server.other.user_data: no user_data`; inside a payload the file and what stands there. */
function placed({ at, saw }: Reason): string {
  const below = at.slice(at.search(/(data\.)?[a-z0-9_]+\.[A-Za-z0-9_-]+/));
  const [, file] = /\.(?:user_data|input):(\/.*)$/.exec(below) ?? [];
  return `${file ?? below}: ${saw}`;
}
