/** The look of a report. */
export const STYLE = `
:root{--bg:#f5f6fa;--card:#fff;--ink:#171a26;--dim:#626a80;--line:#e3e6ef;--good:#12805c;--bad:#c9304a;--careful:#9a6400;
--c1:#3557d6;--c2:#0e9384;--c3:#d97a06;--c4:#d0364f;--c5:#7a5af0;--shadow:0 1px 2px #1b21400d,0 6px 20px #1b21400a}
@media(prefers-color-scheme:dark){:root{--bg:#0e1018;--card:#171a25;--ink:#eceef6;--dim:#99a1b8;--line:#282d3d;--good:#4cc79b;--bad:#ff7389;--careful:#f0b44c;
--c1:#8aa4ff;--c2:#43d1c0;--c3:#ffb356;--c4:#ff7389;--c5:#b29dff;--shadow:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1180px;margin:0 auto;padding:40px 20px 60px}
h1,h2,h3,p,ul,ol,figure{margin:0;padding:0}
ul{list-style:none}
.brand{color:var(--dim);font-size:12px;font-weight:600;letter-spacing:.09em;text-transform:uppercase}
.title{display:flex;align-items:center;gap:14px;margin-top:6px}
h1{font-size:36px;line-height:1.15;letter-spacing:-.02em}
.verdict{padding:3px 13px;border-radius:99px;font-weight:600;font-size:14px;color:#fff}
.verdict.good{background:#12805c}.verdict.bad{background:#c9304a}
.about{color:var(--dim);font-size:17px;margin-top:6px}
.facts{display:flex;flex-wrap:wrap;gap:6px 8px;margin:16px 0 26px}
.facts li{border:1px solid var(--line);background:var(--card);border-radius:99px;padding:2px 11px;font-size:13px;color:var(--dim)}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;box-shadow:var(--shadow)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(146px,1fr));gap:12px}
.tile{padding:14px 16px}
.tile h2{font-size:13px;font-weight:500;color:var(--dim)}
.tile strong{display:block;font-size:25px;line-height:1.3;letter-spacing:-.02em;font-variant-numeric:tabular-nums;white-space:nowrap}
.tile p{font-size:12px;line-height:1.35;color:var(--dim)}
.tile.good strong{color:var(--good)}.tile.bad strong{color:var(--bad)}
.note{padding:16px 20px;margin-top:14px;border-left-width:5px}
.note h2{font-size:16px}.note li{margin-top:4px}.note p{color:var(--dim)}
.note.bad{border-left-color:var(--bad)}.note.careful{border-left-color:var(--careful)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:14px;margin:14px 0}
.chart{padding:16px 18px 12px}
figcaption h3,.table h2{font-size:16px}
figcaption p{font-size:13px;color:var(--dim)}
svg{display:block;width:100%;height:auto;margin-top:6px;overflow:visible}
svg text{font:11px system-ui,sans-serif;fill:var(--dim)}
text.y{text-anchor:end}text.x{text-anchor:middle}
.grid{stroke:var(--line);stroke-width:1}
.pointer{stroke:var(--dim);stroke-width:1;stroke-dasharray:3 3}
polyline{fill:none;stroke:var(--c);stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
polygon{fill:var(--c);opacity:.13}circle{fill:var(--c)}
.c1{--c:var(--c1)}.c2{--c:var(--c2)}.c3{--c:var(--c3)}.c4{--c:var(--c4)}.c5{--c:var(--c5)}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13px;color:var(--dim);min-height:24px;margin-top:4px}
.legend i{display:inline-block;width:10px;height:10px;border-radius:3px;background:var(--c);margin-right:6px}
.legend b{color:var(--ink);font-variant-numeric:tabular-nums}.when{margin-left:auto}
.table{padding:18px 20px}.table>p{font-size:13px;color:var(--dim);margin:4px 0}
.scroll{overflow-x:auto;margin-top:8px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:500;color:var(--dim);font-size:12px;text-align:left}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
td:first-child{font-weight:600;white-space:nowrap}
td:nth-child(2){font-variant-numeric:tabular-nums;white-space:nowrap}
.numbers td:not(:first-child):not(:last-child){text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.numbers th:not(:first-child):not(:last-child){text-align:right}
.numbers td:last-child,.numbers th:last-child,td:nth-child(3):last-child{color:var(--dim);padding-left:6px;padding-right:0}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:14px;margin-top:14px;align-items:start}
.wide{grid-column:1/-1}
.examples{margin:10px 0 0 20px;font-size:12px;color:var(--bad);overflow-wrap:anywhere}
footer{margin-top:26px;color:var(--dim);font-size:13px;max-width:820px}
@media print{body{background:#fff}.card{break-inside:avoid;box-shadow:none}}
`;

/** Shows the values under the pointer in the legend of each chart. */
export const HOVER_SCRIPT = `
for (const figure of document.querySelectorAll('[data-chart]')) {
  const data = JSON.parse(figure.dataset.chart);
  const svg = figure.querySelector('svg');
  const pointer = figure.querySelector('.pointer');
  const values = figure.querySelectorAll('.legend b');
  const when = figure.querySelector('.when');
  const show = (index) => {
    pointer.setAttribute('visibility', index < 0 ? 'hidden' : 'visible');
    pointer.setAttribute('x1', data.at[index] ?? 0);
    pointer.setAttribute('x2', data.at[index] ?? 0);
    values.forEach((cell, line) => { cell.textContent = index < 0 ? '' : data.y[line][index]; });
    when.textContent = index < 0 ? '' : data.x[index];
  };
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    let nearest = -1;
    data.at.forEach((at, index) => {
      if (nearest < 0 || Math.abs(at - x) < Math.abs(data.at[nearest] - x)) nearest = index;
    });
    show(nearest);
  });
  svg.addEventListener('pointerleave', () => show(-1));
}
`;
