const BAR_WIDTH = 24;

export interface ScoreRow {
  readonly name: string;
  readonly points: number;
}

/** What the demo prints, with colours where the terminal has them. */
export class DemoScreen {
  readonly #write: (text: string) => void;
  readonly #hasColours: boolean;

  constructor(write: (text: string) => void, hasColours: boolean) {
    this.#write = write;
    this.#hasColours = hasColours;
  }

  line(text = ''): void {
    this.#write(`${text}\n`);
  }

  title(text: string): void {
    this.line(`\n${this.bold(text)}`);
  }

  pin(pin: string): void {
    const digits = pin.replace(/(\d{3})(?=\d)/g, '$1 ');
    const edge = '─'.repeat(digits.length + 14);
    this.line(`  ┌${edge}┐`);
    this.line(`  │   PIN   ${this.bold(digits)}     │`);
    this.line(`  └${edge}┘`);
  }

  names(names: readonly string[]): void {
    for (let start = 0; start < names.length; start += 7) {
      this.line(`  ${names.slice(start, start + 7).join('  ')}`);
    }
  }

  /** How many chose each answer. */
  bars(options: readonly string[], counts: readonly number[], right: number): void {
    const width = Math.max(...options.map((option) => option.length));
    const most = Math.max(1, ...counts);
    options.forEach((option, index) => {
      const count = counts[index] ?? 0;
      const bar = '█'.repeat(Math.round((count / most) * BAR_WIDTH)).padEnd(BAR_WIDTH);
      const row = `    ${option.padEnd(width)}  ${bar}  ${String(count).padStart(2)}`;
      this.line(index === right ? this.green(`${row}  ✓`) : row);
    });
  }

  scores(rows: readonly ScoreRow[]): void {
    const text = rows.map(({ name, points }, index) => `${index + 1}. ${name} ${points}`);
    this.line(this.dim(`    ${text.join('   ')}`));
  }

  note(text: string): void {
    this.line(this.yellow(`  » ${text}`));
  }

  good(text: string): void {
    this.line(this.green(`  ✓ ${text}`));
  }

  bad(text: string): void {
    this.line(this.#paint('31', `  ✗ ${text}`));
  }

  bold(text: string): string {
    return this.#paint('1', text);
  }

  dim(text: string): string {
    return this.#paint('2', text);
  }

  green(text: string): string {
    return this.#paint('32', text);
  }

  yellow(text: string): string {
    return this.#paint('33', text);
  }

  #paint(code: string, text: string): string {
    return this.#hasColours ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
