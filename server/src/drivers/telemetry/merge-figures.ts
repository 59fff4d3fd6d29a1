/**
 * Several texts in Prometheus' format as one: what belongs to one metric stands together, under one
 * head. Each text must have a label of its own, or what they say would be the same twice.
 */
export function mergeFigures(texts: readonly string[]): string {
  const families = new Map<
    string,
    { readonly head: readonly string[]; readonly lines: string[] }
  >();
  for (const text of texts) {
    for (const block of text.split(/^(?=# HELP )/m)) {
      const rows = block.split('\n').filter((row) => row !== '');
      const head = rows.filter((row) => row.startsWith('#'));
      const name = /^# HELP (\S+)/.exec(block)?.[1];
      if (name === undefined) continue;
      const family = families.get(name) ?? { head, lines: [] };
      families.set(name, family);
      for (const row of rows) if (!row.startsWith('#')) family.lines.push(row);
    }
  }
  return [...families.values()]
    .map(({ head, lines }) => `${[...head, ...lines].join('\n')}\n`)
    .join('\n');
}
