/** The archive understood the rows and will never take them as they are. */
export class RowsRefused extends Error {
  constructor(cause: unknown) {
    super('the archive refuses these rows', { cause });
    this.name = 'RowsRefused';
  }
}
