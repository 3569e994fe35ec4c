import type { Resolution } from '@lukko/facts';
import type { PolicyContext, Truth } from '@lukko/policy-engine';
import { no, unknown, yes } from '@lukko/policy-engine';
import type { Reason } from '@lukko/terraform-model';
import { expandJurisdictions } from './countries.ts';
import { fit, short } from './message.ts';

/** Whether the organisation lets a country's operators be reached. */
export function allows(country: string, { allowedJurisdictions }: PolicyContext): boolean {
  return expandJurisdictions(allowedJurisdictions).includes(country);
}

/**
 * Whether the operator of a host, and whoever controls it, sit in allowed jurisdictions. Nobody known is unknown with the cause
 * *outside*: neither the configuration, the operators data nor the register says whose it is.
 */
export function operatorAllowed(resolution: Resolution, at: string, host: string, context: PolicyContext): Truth {
  if (resolution.by === 'own') return yes({ at, saw: `${host}: our own${matched(resolution)}` });
  const { entity, country, parent } = resolution;
  if (resolution.by === 'nobody' || country === undefined) {
    const reason: Reason = { at, saw: `${host}: nobody known operates it`, causes: ['outside'] };
    return unknown(reason);
  }
  const declared = resolution.by === 'register' ? 'declared by the organisation: ' : '';
  const controlled = parent === undefined ? '' : `, controlled by ${parent.entity} (${parent.country})`;
  const origin = resolution.source === undefined ? '' : `, ${resolution.source}`;
  const date = resolution.date === undefined ? '' : `, read ${resolution.date}`;
  const reason = { at, saw: `${host}: ${declared}${entity} (${country})${controlled}${origin}${date}` };
  const countries = parent === undefined ? [country] : [country, parent.country];
  return countries.every((one) => allows(one, context)) ? yes(reason) : no(reason);
}

function matched(resolution: Resolution): string {
  return resolution.matched === undefined ? '' : ` (${resolution.matched})`;
}

/**
 * Who is reached, as a fact: entity, country, controlling parent, where that can be read and when it was. It says nothing of
 * what follows from it in law. The reasons hold the whole source where the line has no room for it; `brief` stands for the
 * subject where there is no room for that.
 */
export function reaches(subject: string, resolution: Resolution, brief = subject): string {
  const { by, entity, country, parent, source, date } = resolution;
  if (by === 'own') return fit(`${subject} is our own`, `${short(brief, 80)} is our own`);
  if (by === 'nobody' || entity === undefined) {
    return fit(`${subject} is operated by nobody known`, `${short(brief, 80)} is operated by nobody known`);
  }
  const who = `${entity} (${country})${parent === undefined ? '' : `, parent ${parent.entity} (${parent.country})`}`;
  const read = date === undefined ? '' : `, ${date}`;
  const whole = source === undefined ? '' : ` (source ${source}${read})`;
  const host = source === undefined ? '' : ` (source ${hostOf(source)}${read})`;
  return fit(
    `${subject} reaches ${who}${whole}`,
    `${subject} reaches ${who}${host}`,
    `${brief} reaches ${who}${host}`,
    // Better without the source, which stands in the reasons, than without the name of the host.
    `${brief} reaches ${who}`,
    `${short(brief, 24)}: ${who}${host}`,
  );
}

function hostOf(source: string): string {
  return /^https?:\/\/([^/]+)/.exec(source)?.[1] ?? source;
}
