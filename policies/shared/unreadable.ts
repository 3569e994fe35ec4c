import type { Payload } from '@lukko/facts';
import { type Judgement, no, type Truth, yes } from '@lukko/policy-engine';
import { fit } from './message.ts';
import { readable } from './payload.ts';
import { addressOf } from './words.ts';

export function isPayload(subject: object): subject is Payload {
  return 'server' in subject && 'units' in subject;
}

/**
 * Rules about things inside payloads (images, hosts, data paths) also judge each payload: one that cannot be read whole is
 * unknown, so that nothing found there never looks like nothing being there.
 */
export const unreadable = {
  appliesWhen(subject: object): Truth {
    if (!isPayload(subject)) return yes({ at: '', saw: 'named' });
    const whole = readable(subject);
    return whole.is === true ? no(...whole.because) : yes(...whole.because);
  },
  judge(payload: Payload, things: string): readonly Judgement[] {
    const message = () =>
      fit(`the payload of ${addressOf(payload.server)} cannot be read whole, nor the ${things} it names`);
    return [{ truth: readable(payload), message, at: payload.attr.at }];
  },
};
