import type { Schema, Static } from '@pinroom/client/contract';

/** Checks what came from outside against a schema of the protocol. */
export interface SchemaChecker {
  /** [CHECK-1] The value, typed; throws `bad_request` that names the first fault and where it is. Never changes the value. */
  check<const S extends Schema>(schema: S, value: unknown): Static<S>;
}
