/** The style of the page: light or dark as the reader's system is, on any width, and on paper. */
export const STYLE = `
:root { color-scheme: light dark;
  --page: #f4f6f8; --surface: #ffffff; --ink: #18212b; --muted: #55616e; --line: #d9dfe6; --track: #e9edf1;
  --main: #10708f; --good: #2b7a58; --warn: #97640a; --bad: #b23a2e; --quiet: #6d7986; --focus: #0b57d0;
  --notice: #fff6e0; --notice-line: #d8a634; }
@media (prefers-color-scheme: dark) { :root {
  --page: #10151b; --surface: #182029; --ink: #e7ecf1; --muted: #a7b3c0; --line: #2c3743; --track: #25303b;
  --main: #58b7d6; --good: #62c096; --warn: #e0ac4b; --bad: #f0867a; --quiet: #93a0ad; --focus: #8ab4f8;
  --notice: #2b2515; --notice-line: #8d6f24; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif; }
.skip { position: absolute; left: -99rem; top: 0; padding: .5rem 1rem; background: var(--surface); color: var(--ink); z-index: 1; }
.skip:focus { left: 0; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
a { color: var(--main); }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2rem; }
.brand { margin: 0; color: var(--main); font-weight: 700; letter-spacing: .02em; }
h1 { margin: .1rem 0 .9rem; font-size: 1.8rem; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { margin: 0 0 .2rem; font-size: 1.15rem; line-height: 1.3; }
h3 { margin: 0 0 .5rem; font-size: 1rem; }
.about { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .6rem 1.2rem; margin: 0 0 1.2rem; }
.about dt, .key dt { color: var(--muted); font-size: .82rem; }
.about dd { margin: 0; overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: 0 0 1.2rem; padding: .7rem 0; list-style: none;
  border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.notice { margin: 0 0 1.2rem; padding: .7rem 1rem; background: var(--notice); border-left: 4px solid var(--notice-line); border-radius: 4px; }
.key { display: flex; flex-wrap: wrap; gap: .8rem; margin: 0 0 1.2rem; }
.key > div { flex: 1 1 8.6rem; min-width: max-content; padding: .8rem .9rem .9rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
.key dd { margin: 0; font-size: 1.2rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.3; white-space: nowrap; }
.key small { display: block; color: var(--muted); font-size: .82rem; font-weight: 400; }
.pair { display: grid; align-items: start; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.2rem; }
.pair > section { min-width: 0; }
section { margin: 0 0 1.2rem; padding: 1.1rem 1.3rem 1.2rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
.lead { margin: 0 0 .9rem; color: var(--muted); font-size: .9rem; }
.chart { display: block; overflow: visible; font-size: 13px; }
.chart text { fill: var(--ink); }
.chart .figure { font-variant-numeric: tabular-nums; }
.chart .tick { fill: var(--muted); font-size: 11.5px; font-variant-numeric: tabular-nums; }
.chart .grid { stroke: var(--line); } .chart .axis { stroke: var(--muted); }
.chart .track { fill: var(--track); } .chart .main { fill: var(--main); } .chart .good { fill: var(--good); }
.chart .warn { fill: var(--warn); } .chart .bad { fill: var(--bad); } .chart .quiet { fill: var(--quiet); }
details { margin-top: .8rem; }
summary { cursor: pointer; color: var(--main); }
.scroll { overflow-x: auto; margin-top: .6rem; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { padding-bottom: .4rem; color: var(--muted); text-align: left; font-size: .85rem; }
th, td { padding: .4rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 600; vertical-align: bottom; white-space: nowrap; }
tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 8rem; }
tfoot th, tfoot td { border-bottom: 0; border-top: 2px solid var(--line); font-weight: 650; }
.number { text-align: right; white-space: nowrap; }
.wide { min-width: 14rem; overflow-wrap: anywhere; }
.nowrap { white-space: nowrap; }
.anywhere { min-width: 8.5rem; overflow-wrap: anywhere; }
td ul { margin: 0; padding-left: 1rem; }
.word { font-weight: 600; white-space: nowrap; }
.word.bad { color: var(--bad); } .word.warn { color: var(--warn); } .word.good { color: var(--good); } .word.quiet { color: var(--quiet); }
thead button { all: unset; cursor: pointer; font-weight: 600; white-space: nowrap; }
thead button:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
thead button::after { content: '\\2195'; display: inline-block; width: 1.1em; text-align: right; opacity: .55; }
[aria-sort=ascending] button::after { content: '\\2191'; opacity: 1; }
[aria-sort=descending] button::after { content: '\\2193'; opacity: 1; }
.search { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin: .4rem 0 .2rem; }
.search[hidden] { display: none; }
.search label { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; flex: 1 1 16rem; }
.search input { flex: 1 1 12rem; min-width: 0; padding: .45rem .6rem; font: inherit; color: inherit; background: var(--page);
  border: 1px solid var(--quiet); border-radius: 6px; }
.search output { color: var(--muted); }
.notes { margin: .4rem 0 0; padding-left: 1.1rem; } .notes li { overflow-wrap: anywhere; }
footer { padding-bottom: 2.5rem; color: var(--muted); font-size: .85rem; }
@media (max-width: 40rem) { header, main, footer { padding-left: .9rem; padding-right: .9rem; } section { padding: .9rem; }
  .key > div { flex-basis: 40%; padding: .6rem .7rem .7rem; } .key dd { font-size: 1.05rem; } h1 { font-size: 1.45rem; } }
@media print { @page { margin: 14mm; } :root { --page: #ffffff; --surface: #ffffff; --ink: #000000; --muted: #444444; --line: #c4c4c4;
    --track: #eeeeee; --main: #10708f; --good: #2b7a58; --warn: #97640a; --bad: #b23a2e; --quiet: #6d7986; --notice: #ffffff; }
  body { font-size: 10pt; } nav, .skip, .search, thead button::after { display: none; } header { padding-top: 0; }
  header, main, footer { max-width: none; padding: 0; } section { border: 0; padding: 0 0 .6rem; } .scroll { overflow: visible; }
  section, .key > div { break-inside: auto; } .chart, tr, .key > div { break-inside: avoid; } h2, h3 { break-after: avoid; }
  table { font-size: 7.5pt; } th, td { padding: .15rem .3rem; } thead th { white-space: normal; } .wide, .anywhere, tbody th { min-width: 0; }
  thead { display: table-header-group; } details::details-content { content-visibility: visible; block-size: auto; }
  summary { list-style: none; color: var(--muted); } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
