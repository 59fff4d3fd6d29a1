/** What a holder gets when a session starts or is refreshed. */
export interface SessionGrant {
  readonly user: { readonly id: string; readonly nickname: string };
  readonly accessToken: string;
  readonly accessTokenExpiresAt: number;
  readonly refreshToken: string;
  /** When the refresh token runs out if nobody uses it. */
  readonly refreshTokenExpiresAt: number;
}
