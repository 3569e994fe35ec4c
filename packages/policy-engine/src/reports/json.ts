import type { Report } from '@lukko/formats';

/**
 * The report as JSON, two spaces, final newline: the published schema is `report` of @lukko/formats. What JSON itself leaves
 * as it is and a terminal would act on (DEL, C1 controls, direction marks) is escaped; a reader sees the same value.
 */
export function renderJson(report: Report): string {
  const asEscape = (mark: string) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(report, null, 2).replace(/[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, asEscape)}\n`;
}
