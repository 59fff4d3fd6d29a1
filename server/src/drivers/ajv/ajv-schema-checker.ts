import type { Schema, Static } from '@pinroom/client/contract';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { AppError } from '../../engine/runtime/app-error.js';
import type { SchemaChecker } from '../../engine/runtime/schema-checker.port.js';
import { describeFault } from './fault-description.js';

/**
 * Checks with functions that Ajv compiles once per schema object. Schemas are meant to be constants:
 * a schema written inline at the call would be compiled at every call.
 */
export class AjvSchemaChecker implements SchemaChecker {
  readonly #compiled = new WeakMap<Schema, ValidateFunction>();
  readonly #ajv = new Ajv2020({
    strict: true,
    // What stands on a prototype is no field of a request.
    ownProperties: true,
    // The first fault is told; the others would cost time on hostile input.
    allErrors: false,
    // The fault's schema is needed for its words; the value never reaches a message.
    verbose: true,
  });

  /** Compiles these now, so that no first request waits for it. */
  warm(schemas: Iterable<Schema>): void {
    for (const schema of schemas) this.#validatorOf(schema);
  }

  check<const S extends Schema>(schema: S, value: unknown): Static<S> {
    const validate = this.#validatorOf(schema);
    if (!validate(value)) throw new AppError('bad_request', describeFault(validate.errors ?? []));
    return value as Static<S>;
  }

  #validatorOf(schema: Schema): ValidateFunction {
    let validate = this.#compiled.get(schema);
    if (!validate) {
      validate = this.#ajv.compile(schema);
      this.#compiled.set(schema, validate);
    }
    return validate;
  }
}
