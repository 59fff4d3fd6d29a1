import { VARIABLES, type VariableName } from './variables.js';

export type Environment = { readonly [name: string]: string | undefined };

/** Reads variables and gathers every fault instead of stopping at the first. */
export class EnvironmentReader {
  readonly faults: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** The variable, or its default; an empty one counts as unset. */
  text(name: VariableName): string {
    const value = this.#environment[name]?.trim();
    return value === undefined || value === '' ? VARIABLES[name].fallback : value;
  }

  optional(name: VariableName): string | null {
    return this.text(name) || null;
  }

  /** A number within bounds. */
  number(name: VariableName, min: number, max: number, whole = true): number {
    const text = this.text(name);
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
      this.fault(name, `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
      return min;
    }
    return value;
  }

  seconds(name: VariableName, min: number, max: number): number {
    return this.number(name, min, max, false) * 1_000;
  }

  oneOf<const T extends readonly string[]>(name: VariableName, choices: T): T[number] {
    const text = this.text(name);
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) this.fault(name, `must be one of ${choices.join(', ')}`);
    return choice ?? choices[0] ?? '';
  }

  list(name: VariableName): string[] {
    return this.text(name)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** The variable as an object or array in JSON; null when it is unset. */
  json(name: VariableName): unknown {
    const text = this.optional(name);
    if (text === null) return null;
    try {
      return JSON.parse(text);
    } catch {
      this.fault(name, 'must be JSON');
      return null;
    }
  }

  /** Notes what is wrong with a variable. Values are not repeated: some of them are secrets. */
  fault(name: VariableName, what: string): void {
    this.faults.push(`${name} ${what}.`);
  }

  /** Names that look like ours and are not: a misspelt variable would be ignored without a word. */
  unknownNames(): string[] {
    return Object.keys(this.#environment).filter(
      (name) => name.startsWith('PINROOM_') && !Object.hasOwn(VARIABLES, name),
    );
  }
}
