import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface SourceFile {
  /** From the repository's folder, with `/`. */
  readonly name: string;
  readonly text: string;
}

const SKIPPED = new Set(['node_modules', 'dist', '.cache', '.git', '.pinroom', 'coverage']);

/** The text of one file. */
export function readText(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8');
}

/** Every file below a folder whose name ends so; none when the folder is not there. */
export function filesBelow(folder: string, ending: string): SourceFile[] {
  if (!existsSync(path.join(ROOT, folder))) return [];
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(name, ending);
    return name.endsWith(ending) ? [{ name, text: readText(name) }] : [];
  });
}

/** The modules that a file imports, types included, as they are written there. */
export function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const patterns = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"`]([^'"`$]+)/g,
    /\brequire(?:\.resolve)?\(\s*['"`]([^'"`$]+)/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map(([, found = '']) => found));
}

/** The file that a relative import leads to; undefined for packages. A page's part may be a `.tsx`. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts');
  return existsSync(path.join(ROOT, `${target}x`)) ? `${target}x` : target;
}

/** `kysely` of `kysely/x`, `@scope/name` of `@scope/name/x`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The code with its comments blanked out; lines keep their numbers. */
export function withoutComments(text: string): string {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(token, (found) =>
    found.startsWith('/*') || found.startsWith('//') ? found.replace(/[^\n]/g, ' ') : found,
  );
}

/** The first cells' code words of a Markdown table's rows, with their row. */
export function tableRows(markdown: string): { words: string[]; cells: string[] }[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line))
    .map((line) => line.slice(1, -1).replaceAll('\\|', '¦').split('|'))
    .map((cells) => ({
      cells: cells.map((cell) => cell.trim()),
      words: [...(cells[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
    }));
}
