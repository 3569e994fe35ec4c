import { annexA5 } from './annex-a5.ts';
import { annexA6 } from './annex-a6.ts';
import { annexA7 } from './annex-a7.ts';
import { annexA8 } from './annex-a8.ts';
import type { Control } from './control.ts';

/** All 93, in order. */
export const annexA: readonly Control[] = [...annexA5, ...annexA6, ...annexA7, ...annexA8];
export { annexA8 } from './annex-a8.ts';
export { annexA8Evidence } from './annex-a8-evidence.ts';
export type { Control } from './control.ts';
