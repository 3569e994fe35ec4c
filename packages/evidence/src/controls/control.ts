/**
 * One control of ISO/IEC 27001:2022 Annex A by number. The standard's text and titles are copyrighted: every sentence here is
 * ours, and says what this tool takes the control to be about. Whoever holds a licence reads the standard beside it.
 */
export interface Control {
  /** `A.8.24` */
  readonly id: string;
  readonly summary: string;
  /**
   * `strong`: machines can collect most of the technical substance. `supporting`: real technical evidence, and a decisive part
   * that is process, people or outside the stack. `none`: only a signed statement or a document can show it.
   */
  readonly class: 'strong' | 'supporting' | 'none';
  /** What remains to be shown by people and documents. */
  readonly outside: string;
}

type Row = readonly [grade: Control['class'], summary: string, outside: string];

/** The controls of one theme, numbered as they stand. */
export function theme(name: 'A.5' | 'A.6' | 'A.7' | 'A.8', rows: readonly Row[]): readonly Control[] {
  return rows.map(([grade, summary, outside], index) => ({
    id: `${name}.${index + 1}`,
    summary,
    class: grade,
    outside,
  }));
}
