import { invalidField } from './errors.ts';

const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?';
const PREFIX = '(?=[a-z0-9.-]{1,253}/)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*/';
const KEY = new RegExp(`^(?:${PREFIX})?${NAME}$`);
const VALUE = new RegExp(`^(?:${NAME})?$`);

export const isLabelKey = (text: string): boolean => KEY.test(text);
export const isLabelValue = (text: string): boolean => VALUE.test(text);

/** Compares the labels of a body with what Hetzner allows (docs.hetzner.cloud, "Labels").
 * @throws ApiError invalid_input naming the field */
export function checkLabels(labels: unknown): void {
  if (typeof labels !== 'object' || labels === null) return;
  for (const [key, value] of Object.entries(labels)) {
    if (!isLabelKey(key)) throw invalidField('labels', `'${key}' is no label key`);
    if (/^hetzner\.cloud\//.test(key)) throw invalidField('labels', `the prefix of '${key}' is reserved`);
    if (typeof value !== 'string' || !isLabelValue(value)) throw invalidField('labels', `value of '${key}' is none`);
  }
}
