import { Question } from '../question.js';
import { Pages } from './pages.js';

/** A question whose answer comes in pages, asked again now and then so that the page that is shown is fresh. */
export abstract class PagedQuestion<A extends { readonly nextCursor: string | null }> {
  readonly question = new Question<A>();
  readonly pages = new Pages();
  readonly #refreshMs: number;

  constructor(refreshMs: number) {
    this.#refreshMs = refreshMs;
  }

  /** Keeps the page fresh until what it gives is called. */
  watch(): () => void {
    void this.ask();
    const timer = setInterval(() => {
      if (!document.hidden && !this.question.isAsking.value) void this.ask();
    }, this.#refreshMs);
    return () => clearInterval(timer);
  }

  async next(): Promise<void> {
    const cursor = this.question.answer.value?.nextCursor;
    if (cursor) this.pages.next(cursor);
    await this.ask();
  }

  async back(): Promise<void> {
    this.pages.back();
    await this.ask();
  }

  ask(): Promise<A | null> {
    return this.question.ask(() => this.read(this.pages.cursor));
  }

  /** Undefined: the first page. */
  protected abstract read(cursor: string | undefined): Promise<A>;
}
