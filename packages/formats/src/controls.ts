import * as z from 'zod';

/** How many controls each theme of ISO/IEC 27001:2022 Annex A has: 93 in all. Numbers only; the standard's text is its publisher's. */
export const themes = { 'A.5': 37, 'A.6': 8, 'A.7': 14, 'A.8': 34 } as const;
export type Theme = keyof typeof themes;
export const themeNames = Object.keys(themes) as readonly Theme[];

/** Every number of Annex A, in order. */
export const controlIds: readonly string[] = themeNames.flatMap((theme) =>
  Array.from({ length: themes[theme] }, (_, index) => `${theme}.${index + 1}`),
);

const form = 'expected a control of ISO/IEC 27001:2022 Annex A such as A.8.24 (A.5.1–37, A.6.1–8, A.7.1–14, A.8.1–34)';

/** One control by number. */
export const controlId = z.string(form).refine((id) => controlIds.includes(id), form);
