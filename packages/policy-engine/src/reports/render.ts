import type { Report } from '@lukko/formats';
import type { Rule } from '../rule.ts';
import { type Survey, surveyOf } from '../survey.ts';
import type { TerminalOptions } from './finding.ts';

/** The forms a report can be written in. */
export const formats = ['terminal', 'json', 'sarif', 'junit', 'gitlab', 'markdown'] as const;
export type Format = (typeof formats)[number];

/**
 * A report in one format. Each is loaded when it is first asked for, since a run mostly needs one.
 * @param rules the rules the report was judged by
 */
export async function render(
  format: Format,
  report: Report,
  rules: readonly Rule[],
  options: TerminalOptions = {},
): Promise<string> {
  switch (format) {
    case 'terminal':
      if (options.first === true)
        return (await import('./first-screen.ts')).renderFirstScreen(surveyOf(report), options.color, options.screen);
      return (await import('./terminal.ts')).renderTerminal(report, options);
    case 'json':
      return (await import('./json.ts')).renderJson(report);
    case 'sarif':
      return (await import('./sarif.ts')).renderSarif(report, rules);
    case 'junit':
      return (await import('./junit.ts')).renderJunit(report);
    case 'gitlab':
      return (await import('./gitlab.ts')).renderGitlab(report);
    case 'markdown':
      return (await import('./markdown.ts')).renderMarkdown(report);
  }
}

/** The report in pieces, one after the other: in JSON it may be longer than the longest text there is. */
export async function renderParts(...[format, report, ...more]: Parameters<typeof render>): Promise<Iterable<string>> {
  if (format === 'json') return (await import('./json.ts')).jsonParts(report);
  return [await render(format, report, ...more)];
}

/** One screen of a report whose findings were only counted. */
export async function renderSurvey(survey: Survey, { color, screen }: TerminalOptions): Promise<string> {
  return (await import('./first-screen.ts')).renderFirstScreen(survey, color, screen);
}
