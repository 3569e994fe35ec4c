import { Markup } from './template.ts';

/** One style sheet inside the page: it fetches nothing, follows the reader's light or dark setting, and prints in black on white. */
export const style = new Markup(`
:root {
  color-scheme: light dark;
  --ground: #fbfbf9; --sheet: #ffffff; --ink: #1b1f24; --soft: #57606b; --line: #dcdfe3; --tint: #f1f3f4; --accent: #0b5a6b;
  --failed: #a11d1d; --open: #8a5200; --planned: #1d4e9e; --declared: #44607d; --not-assessed: #565f6b; --not-evidenceable: #6b7280;
  --overdue: #9a3412; --observed: #14532d; --attested: #6b21a8; --inherited: #155e75; --good: #0b6b4b; --bad: #a11d1d;
  --note-ground: #fdf6e3; --note-line: #d9b44a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --sheet: #1b1f25; --ink: #e7eaee; --soft: #a6afba; --line: #343b45; --tint: #232931; --accent: #67c1d6;
    --failed: #ff8f87; --open: #f0b355; --planned: #8ab8ff; --declared: #a8c3de; --not-assessed: #aab3bf; --not-evidenceable: #919aa6;
    --overdue: #fdba74; --observed: #86efac; --attested: #d8b4fe; --inherited: #7dd3fc; --good: #67d3a8; --bad: #ff8f87;
    --note-ground: #2b2614; --note-line: #a98c35;
  }
}
* { box-sizing: border-box; }
html { font-size: 100%; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
main, header, footer { max-width: 70rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .75rem; padding-top: .75rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.05rem; margin: 0; }
h4 { font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); margin: 1.1rem 0 .35rem; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--accent); }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code { font: .86em/1.45 ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.kicker { color: var(--soft); text-transform: uppercase; letter-spacing: .08em; font-size: .78rem; font-weight: 600; margin: 0 0 .35rem; }
.lead { max-width: none; font-size: 1.1rem; color: var(--soft); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .75rem 2rem; margin: 1.5rem 0; padding: 1rem 1.25rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; }
.facts > div { min-width: 0; } .facts > .wide { grid-column: span 2; }
dt { font-size: .8rem; color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.note { background: var(--note-ground); border-left: .3rem solid var(--note-line); border-radius: .25rem; padding: .75rem 1rem; margin: 1.25rem 0; }
.note p { margin: 0; max-width: none; }
.bar { display: flex; height: 1.1rem; gap: 2px; margin: 1rem 0; }
.bar span { display: block; min-width: .3rem; background: var(--colour); }
.bar span:first-child { border-radius: .55rem 0 0 .55rem; } .bar span:last-child { border-radius: 0 .55rem .55rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; padding: 0; margin: 0; list-style: none; }
.tiles li { background: var(--sheet); border: 1px solid var(--line); border-top: .25rem solid var(--colour); border-radius: .4rem; padding: .6rem .8rem; }
.tiles strong { display: block; font-size: 1.7rem; line-height: 1.15; font-variant-numeric: tabular-nums; }
.tiles small { color: var(--soft); display: block; font-size: .8rem; line-height: 1.35; }
.failed { --colour: var(--failed); } .open { --colour: var(--open); } .planned { --colour: var(--planned); }
.declared { --colour: var(--declared); } .not-assessed { --colour: var(--not-assessed); } .not-evidenceable { --colour: var(--not-evidenceable); }
.overdue { --colour: var(--overdue); } .observed { --colour: var(--observed); } .attested { --colour: var(--attested); } .inherited { --colour: var(--inherited); }
.alarm { border-left-color: var(--failed); border-width: .3rem; } .alarm strong { color: var(--failed); }
[hidden] { display: none !important; }
#filter { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; background: var(--ground); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .9rem; margin: 1.5rem 0; }
#filter input, #filter select, #filter button { font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--soft); border-radius: .3rem; padding: .25rem .5rem; min-height: 2rem; }
#filter input { width: min(20rem, 60vw); } #filter :focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; } #filter output { color: var(--soft); }
.chart { margin: 1rem 0; max-width: 46rem; } .chart .wide { width: 60%; } .share { display: block; height: .8rem; background: var(--colour, var(--soft)); border-radius: .2rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.claimed { --colour: var(--not-assessed); }
figure { margin: 1rem 0; } figcaption { color: var(--soft); font-size: .88rem; margin-top: .4rem; } svg { width: 100%; height: auto; display: block; }
svg text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--soft); } svg .name, svg .place { fill: var(--ink); font-weight: 600; }
svg .band { fill: var(--tint); } svg .node { fill: var(--sheet); stroke: var(--line); stroke-width: 1.5; } svg .node.bad { stroke: var(--bad); stroke-width: 3; }
svg line { stroke: var(--soft); stroke-width: 2.5; } svg line.good { stroke: var(--good); } svg line.bad { stroke: var(--bad); stroke-dasharray: 6 4; } svg line.open { stroke-dasharray: 2 4; }
svg .step { text-anchor: middle; font-size: 12px; } svg text.good { fill: var(--good); } svg text.bad { fill: var(--bad); font-weight: 700; }
details { background: var(--sheet); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem 1rem; margin: .6rem 0; } details[open] { padding-bottom: 1rem; }
summary { cursor: pointer; } summary h3, summary h4 { display: inline; } details.inner { border: 0; padding: 0; margin: 1.1rem 0 .35rem; } summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; } details td { overflow-wrap: break-word; min-width: 7rem; max-width: 24rem; } h2, article { scroll-margin-top: 4.5rem; }
.chip { display: inline-block; white-space: nowrap; font-size: .8rem; font-weight: 600; line-height: 1.4; padding: .05rem .5rem; border: 1.5px solid var(--colour); color: var(--colour); border-radius: 1rem; }
.legend { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: .5rem 2rem; }
.legend dt { margin-top: .35rem; color: var(--ink); font-weight: 600; font-size: .95rem; }
.legend dd { color: var(--soft); font-size: .92rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; background: var(--sheet); border: 1px solid var(--line); }
caption { text-align: left; color: var(--soft); font-size: .85rem; padding: 0 0 .5rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .7rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--tint); font-size: .8rem; color: var(--soft); border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; white-space: nowrap; }
table.cards td:first-of-type { min-width: 16rem; }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.blank { color: var(--soft); } .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.next { font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--soft); border-radius: .3rem; padding: .25rem .75rem; min-height: 2rem; cursor: pointer; } .next:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
article { background: var(--sheet); border: 1px solid var(--line); border-left: .3rem solid var(--colour); border-radius: .4rem; padding: 1rem 1.25rem 1.1rem; margin: 1rem 0; }
article .top { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: baseline; justify-content: space-between; }
article p.why { margin: .15rem 0 .5rem; color: var(--soft); }
ul.plain { margin: .25rem 0; padding: 0; list-style: none; }
ul.plain > li { padding: .4rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
ul.plain > li:last-child { border-bottom: 0; }
.ground { margin-top: .35rem; }
ul.grounds { margin: .2rem 0 0; padding: 0 0 0 1.1rem; color: var(--soft); font-size: .88rem; overflow-wrap: anywhere; }
.more { color: var(--soft); font-size: .88rem; }
footer { padding-top: 1.5rem; padding-bottom: 3rem; color: var(--soft); font-size: .88rem; }
@media screen and (max-width: 46rem) {
  main, header, footer { padding-left: 1rem; padding-right: 1rem; }
  h1 { font-size: 1.55rem; } #filter { position: static; } .facts > .wide { grid-column: auto; }
  table.cards, table.cards tbody, table.cards tr, table.cards th, table.cards td { display: block; width: 100%; }
  table.cards { border: 0; background: none; } table.cards thead { display: none; }
  table.cards tr { background: var(--sheet); border: 1px solid var(--line); border-radius: .4rem; margin: 0 0 .6rem; padding: .4rem .2rem; }
  table.cards th, table.cards td, table.cards td:first-of-type { border: 0; min-width: 0; padding: .2rem .7rem; white-space: normal; }
  table.cards td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); }
  table.cards td.blank { display: none; }
}
@media print {
  :root { color-scheme: light; --ground: #fff; --sheet: #fff; --ink: #000; --soft: #3d444d; --line: #b9bec5; --tint: #f1f3f4; --accent: #000;
    --failed: #a11d1d; --open: #8a5200; --planned: #1d4e9e; --declared: #44607d; --not-assessed: #565f6b; --not-evidenceable: #6b7280; --note-ground: #fff; --note-line: #000; }
  @page { size: A4; margin: 16mm 14mm; }
  html { font-size: 66%; } main, header, footer { max-width: none; padding: 0; }
  h2, h3, h4, article .top, p.why { break-after: avoid; } details::details-content { content-visibility: visible; block-size: auto; } tr, .tiles li, article .top, .note { break-inside: avoid; } thead { display: table-header-group; }
  @page wide { size: A4 landscape; margin: 14mm; } details.wide { page: wide; }
  .scroll { overflow: visible; } details th, details td, article td { min-width: 5em; max-width: none; overflow-wrap: anywhere; } details:not(.wide) td { min-width: 7.5em; } details table { font-size: .82rem; } details th, details td { padding: .3rem .4rem; }
  #filter, .next { display: none; } figure, details > p { break-inside: avoid; }
  a { color: inherit; text-decoration: none; } .bar span, .chip, .tiles li, article { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`);
