/** The page's style sheet, in its own file because the page's policy allows no inline styles. */
export const ABOUT_STYLE = `:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --ink: #1c1b22; --quiet: #5d5a6b; --line: #e4e0d8; --card: #ffffff;
  --accent: #5b3df5; --accent-ink: #ffffff; --code: #f3f0ea;
  --good: #13794a; --warn: #8a5a00; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131218; --ink: #f1eff7; --quiet: #a9a5ba; --line: #2c2a36; --card: #1b1a22;
    --accent: #a594ff; --accent-ink: #131218; --code: #0e0d12;
    --good: #5fd39b; --warn: #f0bd5b; --bad: #ff8a80;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { max-width: 62rem; margin: 0 auto; padding: clamp(2.5rem, 8vw, 5.5rem) 1.25rem 2rem; }
h1 { margin: 0 0 .75rem; font-size: clamp(2.4rem, 8vw, 4.2rem); line-height: 1; letter-spacing: -.04em; }
h1 span { color: var(--accent); }
h2 { margin: 0 0 .75rem; font-size: 1.2rem; letter-spacing: -.01em; }
p { margin: 0 0 1rem; }
.lead { max-width: 38rem; margin: 0; font-size: clamp(1.05rem, 2.5vw, 1.3rem); color: var(--quiet); }
.pin { display: flex; gap: .4rem; margin: 0 0 1.75rem; padding: 0; list-style: none; }
.pin li {
  width: 2.4rem; padding: .35rem 0; border: 1px solid var(--line); border-radius: .6rem;
  background: var(--card); font: 600 1.3rem/1.3 ui-monospace, SFMono-Regular, Menlo, monospace;
  text-align: center;
}
.pin li:nth-child(odd) { border-color: var(--accent); color: var(--accent); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 1rem; }
section { min-width: 0; margin-bottom: 1rem; padding: 1.5rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); }
.cards section { margin: 0; }
.cards { margin-bottom: 1rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1.25rem; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.state::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .5em; border-radius: 50%; background: currentColor; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
ul.links { margin: 0; padding: 0; list-style: none; }
ul.links li { padding: .3rem 0; }
a { color: var(--accent); text-underline-offset: .2em; }
a:focus-visible, pre:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: .2rem; }
ol { margin: 0 0 1.25rem; padding-left: 1.25rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875rem; }
p code, li code, dd code { padding: .1em .35em; border-radius: .35em; background: var(--code); }
pre { margin: 0; padding: 1.1rem; overflow-x: auto; border-radius: .75rem; background: var(--code); line-height: 1.55; tab-size: 2; }
@media (max-width: 40rem) {
  section { padding: 1.1rem; }
  pre { padding: .85rem; font-size: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
}
footer { padding-top: 1rem; padding-bottom: 3rem; color: var(--quiet); font-size: .9rem; }
`;
