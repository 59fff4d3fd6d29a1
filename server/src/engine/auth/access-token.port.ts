export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  /** Generation of the refresh token that this access token came with. */
  readonly generation: number;
  readonly nickname: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Signs and verifies access tokens (EdDSA JWT). */
export interface AccessTokens {
  /** [TOKEN-1] A token over these claims; `expiresAt` is cut to whole seconds. */
  sign(claims: AccessClaims): Promise<string>;
  /**
   * [TOKEN-2] The claims of a token that we signed and that has not run out; rejects with
   * `unauthenticated` for everything else. Verified tokens are remembered until they run out.
   */
  verify(token: string): Promise<AccessClaims>;
  /** [TOKEN-3] The public keys as a JSON Web Key Set. */
  keySet(): { keys: readonly object[] };
}
