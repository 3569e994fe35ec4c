/** Colours are pairs of text and ground whose contrast is 4.5 and more in both schemes; a test measures it. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #ffffff; --text: #1b2430; --soft: #55606e; --line: #dde1e6; --accent: #0b5cad;
  --good: #12633a; --good-ground: #def3e6; --busy: #7a4a00; --busy-ground: #fdeecb; --bad: #a1241b; --bad-ground: #fbe3e1;
  --off: #4a5563; --off-ground: #e8ebef; --fresh: #fff6d6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --card: #1a2029; --text: #e6eaf0; --soft: #a3aebc; --line: #2d3643; --accent: #7db8f5;
    --good: #8be0ae; --good-ground: #14391f; --busy: #f5cf7d; --busy-ground: #43300a; --bad: #ffb4ab; --bad-ground: #561713;
    --off: #b9c3cf; --off-ground: #2c3541; --fresh: #3a3418;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 1.75rem; display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
h1 { font-size: 1.35rem; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.05rem; margin: 0; }
h3 { font-size: .95rem; margin: 0; }
header p { margin: 0; color: var(--soft); }
#state { margin-left: auto; font-size: .9rem; }
#state::before { content: ""; display: inline-block; width: .55rem; height: .55rem; border-radius: 50%; margin-right: .45rem; background: var(--good); }
#state.lost { color: var(--bad); }
#state.lost::before { background: var(--bad); }
.faults { margin: 1rem 0 0; padding: .7rem 1rem; border: 1px solid var(--bad); border-radius: .5rem; background: var(--bad-ground); color: var(--bad); }
.faults ul { margin: .2rem 0 0; padding-left: 1.1rem; }
.faults code { font-size: .9em; overflow-wrap: anywhere; }
.project { margin: 1.5rem 0 2.5rem; }
.project > .head { display: flex; flex-wrap: wrap; gap: .2rem .9rem; align-items: baseline; margin-bottom: .7rem; }
.project > .head p { margin: 0; color: var(--soft); font-size: .9rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; margin-bottom: .9rem; overflow: hidden; }
.card > .head { display: flex; gap: .5rem; align-items: baseline; padding: .7rem 1rem .55rem; }
.count { color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { text-align: left; padding: .42rem 1rem; border-top: 1px solid var(--line); vertical-align: top; white-space: pre-line; }
thead th { font-weight: 600; font-size: .8rem; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; }
tr.fresh { animation: fresh 2s ease-out; }
@keyframes fresh { from { background: var(--fresh); } }
@media (prefers-reduced-motion: reduce) { tr.fresh { animation: none; } }
.id { color: var(--soft); font-variant-numeric: tabular-nums; }
.mono { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, monospace; font-size: .85em; }
.pill { display: inline-block; padding: 0 .55rem; border-radius: 1rem; font-size: .8rem; line-height: 1.5rem; white-space: nowrap; }
.good { color: var(--good); background: var(--good-ground); }
.busy { color: var(--busy); background: var(--busy-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.off { color: var(--off); background: var(--off-ground); }
.nothing { margin: 0; padding: .8rem 1rem; color: var(--soft); }
.empty { margin: 0; padding: 0 1rem .8rem; color: var(--soft); }
progress { width: 8rem; height: .55rem; accent-color: var(--accent); vertical-align: middle; }
.percent { font-variant-numeric: tabular-nums; margin-left: .5rem; }
.more { margin: 0; padding: .5rem 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .9rem; }
`;
