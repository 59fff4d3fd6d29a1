import path from 'node:path';
import { CODES, LOCAL_CODES } from '@pinroom/client';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { filesBelow, importsOf, readText, resolveImport, withoutComments } from './source-files.js';

const FOLDER = 'server/web/src';
const ENGLISH = 'en';
const CATEGORIES: { readonly [language: string]: readonly string[] } = {
  ar: ['zero', 'one', 'two', 'few', 'many', 'other'],
};
/** Texts that another language has as well: names, signs, and words that are spelt the same. */
const SAME_ELSEWHERE = new Set([
  ...['PIN', 'PostgreSQL', 'Redis', 'user'],
  ...[
    'Chat',
    'Code',
    'Countdown',
    'Host',
    'Hosts',
    'Info',
    'Live',
    'Name',
    'Problem',
    'Tags',
    'Text',
    'Version',
  ],
]);

/** The parser's kind for what is no argument. */
const LITERAL = 0;
/** The parser's kind for `#`, the number of a plural. */
const POUND = 7;
/** In Arabic these three mean one number each, so that it can stand for them as well. */
const EXACTLY: { readonly [category: string]: string } = { zero: '=0', one: '=1', two: '=2' };

type Messages = ReadonlyMap<string, string>;
type Ast = ReturnType<IntlMessageFormat['getAst']>;

/** One text of one language, beside the English one. */
interface Row {
  readonly language: string;
  readonly file: string;
  readonly key: string;
  readonly text: string;
  readonly english: string | undefined;
}

interface Argument {
  readonly name: string;
  /** Of a plural; empty for other arguments and for ordinals. */
  readonly categories: readonly string[];
  /** Whether a plural says the number itself, and does not only choose the words. */
  readonly isSaid: boolean;
}

const files = filesBelow(`${FOLDER}/messages`, '.json').map(({ name, text }) => ({
  name,
  language: path.posix.basename(path.posix.dirname(name)),
  file: path.posix.basename(name, '.json'),
  messages: new Map<string, string>(Object.entries(JSON.parse(text))),
}));
const languages = [...new Set(files.map(({ language }) => language))];
const fileNames = [...new Set(files.map(({ file }) => file))];
const pages = fileNames.filter((file) => file !== 'common');
const rows: readonly Row[] = files.flatMap(({ language, file, messages }) =>
  [...messages].map(([key, text]) => ({
    ...{ language, file, key, text },
    english: messagesOf(ENGLISH, file).get(key),
  })),
);

function messagesOf(language: string, file: string): Messages {
  const found = files.find((one) => one.language === language && one.file === file);
  return found?.messages ?? new Map();
}

function labelOf({ language, file, key }: Row): string {
  return `${language}/${file}.json: ${key}`;
}

function parse(text: string, language: string): Ast {
  return new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst();
}

/** What a text is filled in with, in the text itself and in its plurals and choices. */
function argumentsOf(ast: Ast): Argument[] {
  return ast.flatMap((element): Argument[] => {
    if (element.type === LITERAL || !('value' in element)) return [];
    if (!('options' in element)) return [{ name: element.value, categories: [], isSaid: false }];
    const isPlural = 'pluralType' in element && element.pluralType === 'cardinal';
    const categories = isPlural ? Object.keys(element.options) : [];
    const forms = Object.values(element.options).map(({ value }) => value);
    const isSaid = forms.some((form) => form.some(({ type }) => type === POUND));
    return [{ name: element.value, categories, isSaid }, ...forms.flatMap(argumentsOf)];
  });
}

function readArguments(text: string, language: string): Argument[] {
  try {
    return argumentsOf(parse(text, language));
  } catch {
    return [];
  }
}

const namesOf = (found: readonly Argument[]) => [...new Set(found.map(({ name }) => name))].sort();
const pluralsOf = (found: readonly Argument[]) =>
  namesOf(found.filter(({ categories }) => categories.length > 0));

describe('the messages of the pages', () => {
  it('are there in every language, file by file', () => {
    const missing = languages.flatMap((language) =>
      fileNames.flatMap((file) => {
        const here = messagesOf(language, file);
        const english = messagesOf(ENGLISH, file);
        const tooFew = [...english.keys()].filter((key) => !here.has(key));
        const tooMany = [...here.keys()].filter((key) => !english.has(key));
        return [
          ...tooFew.map((key) => `${language}/${file}.json lacks ${key}`),
          ...tooMany.map((key) => `${language}/${file}.json has ${key}, which is not in English`),
        ];
      }),
    );
    expect(languages).toContain(ENGLISH);
    expect(missing).toEqual([]);
  });

  it('can be read as ICU MessageFormat', () => {
    const unreadable = rows.flatMap((row) => {
      try {
        parse(row.text, row.language);
        return [];
      } catch (fault) {
        return [`${labelOf(row)}: ${fault instanceof Error ? fault.message : fault}`];
      }
    });
    expect(unreadable).toEqual([]);
  });

  it('are filled in with the same arguments as the English ones', () => {
    const different = rows.flatMap((row) => {
      const here = namesOf(readArguments(row.text, row.language)).join(', ');
      const english = namesOf(readArguments(row.english ?? row.text, ENGLISH)).join(', ');
      return here === english ? [] : [`${labelOf(row)} has {${here}}, English {${english}}`];
    });
    expect(different).toEqual([]);
  });

  it('have every plural category that their language needs', () => {
    const incomplete = rows.flatMap((row) => {
      const needed = CATEGORIES[row.language] ?? ['other'];
      const found = readArguments(row.text, row.language);
      const lacking = found.flatMap(({ name, categories, isSaid }) =>
        needed
          .filter((category) => isSaid && !categories.includes(category))
          .filter((category) => !categories.includes(EXACTLY[category] ?? category))
          .map((category) => `${labelOf(row)}: {${name}} lacks ${category}`),
      );
      // Where a language has categories of its own, a word behind a number depends on it.
      const counted = pluralsOf(readArguments(row.english ?? '', ENGLISH));
      const uncounted = counted
        .filter((name) => row.language in CATEGORIES && !pluralsOf(found).includes(name))
        .filter((name) => new RegExp(`\\{${name}\\}\\s*\\p{L}`, 'u').test(row.text))
        .map((name) => `${labelOf(row)}: {${name}} is no plural`);
      return [...lacking, ...uncounted];
    });
    expect(incomplete).toEqual([]);
  });

  it('are neither empty nor left in English', () => {
    const wordsOf = (text: string) => text.replace(/\{\w+\}/g, '').trim();
    const left = rows.flatMap((row) => {
      if (row.text.trim() === '') return [`${labelOf(row)} is empty`];
      const words = wordsOf(row.text);
      const isSame = row.language !== ENGLISH && row.text === row.english;
      // A sign or the letter of a unit is the same everywhere.
      if (!isSame || !/\p{L}{2}/u.test(words) || SAME_ELSEWHERE.has(words)) return [];
      return [`${labelOf(row)} is the English text`];
    });
    expect(left).toEqual([]);
  });

  it('say every code that a fault can have, and every reason for which a room is left', () => {
    const [, reasons = ''] =
      /export type LeftReason = ([^;]+);/.exec(readText('shared/src/events.ts')) ?? [];
    const needed = [
      ...[...Object.keys(CODES), ...Object.keys(LOCAL_CODES)].map((code) => `fault.${code}`),
      ...[...reasons.matchAll(/'(\w+)'/g)].map(([, reason]) => `left.${reason}`),
    ];
    expect(needed).toContain('left.kicked');
    const common = messagesOf(ENGLISH, 'common');
    expect(needed.filter((key) => !common.has(key))).toEqual([]);
  });
});

describe('the sources of the pages', () => {
  const texts = new Map(
    ['.ts', '.tsx'].flatMap((ending) =>
      filesBelow(FOLDER, ending).map(({ name, text }) => [name, text] as const),
    ),
  );
  const sources = new Map(pages.map((page) => [page, reachedFrom(`${FOLDER}/${page}/main.tsx`)]));

  /** All that a page is made of, by name. */
  function reachedFrom(entry: string, seen = new Map<string, string>()): Map<string, string> {
    const text = texts.get(entry);
    if (text === undefined || seen.has(entry)) return seen;
    seen.set(entry, withoutComments(text));
    for (const specifier of importsOf(text)) {
      const target = resolveImport(entry, specifier);
      if (target !== undefined) reachedFrom(target, seen);
    }
    return seen;
  }

  it('ask for messages that their page has', () => {
    const unknown = [...sources].flatMap(([page, reached]) => {
      const known = new Set([
        ...messagesOf(ENGLISH, 'common').keys(),
        ...messagesOf(ENGLISH, page).keys(),
      ]);
      return [...reached].flatMap(([name, code]) =>
        literalKeys(code)
          .filter((key) => !known.has(key))
          .map((key) => `${name}: '${key}' is not in ${page}.json or common.json`),
      );
    });
    expect(unknown).toEqual([]);
  });

  it('use every message', () => {
    const everything = [...texts.values()].map(withoutComments).join('\n');
    // What a page without any texts will take from the common ones cannot be told.
    const areAllWritten = pages.every((page) => messagesOf(ENGLISH, page).size > 0);
    const judged = areAllWritten ? fileNames : pages;
    const unused = judged.flatMap((file) => {
      const reached = [...(sources.get(file)?.values() ?? [])].join('\n');
      const code = file === 'common' ? everything : reached;
      const composed = composedKeys(code);
      return [...messagesOf(ENGLISH, file).keys()]
        .filter((key) => !code.includes(`'${key}'`) && !code.includes(`"${key}"`))
        .filter((key) => !composed.some((one) => one.test(key)))
        .map((key) => `${file}.json: ${key}`);
    });
    expect(unused).toEqual([]);
  });
});

/** The keys of `t('a')` and `t(is ? 'a' : 'b')`. */
function literalKeys(code: string): string[] {
  const calls = code.matchAll(/\bt\(\s*((?:[^'"`(),]|'[^']*'|\([^()]*\))*)/g);
  return [...calls].flatMap(([, first = '']) => {
    const isPlain = first.startsWith("'");
    const found = isPlain ? /^'([^']+)'/g : /[?:]\s*'([^']+)'/g;
    return [...first.matchAll(found)].map(([, key = '']) => key);
  });
}

/** Keys that are put together: what a template such as `fault.${code}` may become. */
function composedKeys(code: string): RegExp[] {
  const templates = code.matchAll(/`([a-z][a-z0-9-]*[.-](?:[a-z0-9.-]|\$\{[^{}]*\})*)`/g);
  return [...templates]
    .filter(([, template = '']) => template.includes('${'))
    .map(([, template = '']) => {
      const parts = template.split(/\$\{[^{}]*\}/).map((part) => part.replaceAll('.', '\\.'));
      return new RegExp(`^${parts.join('[\\w.-]+')}$`);
    });
}
