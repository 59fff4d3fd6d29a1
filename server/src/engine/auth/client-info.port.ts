/** Where a request or a handshake comes from, as far as it tells. */
export interface ClientInfo {
  /** IP address, behind the proxies that we believe. */
  readonly address: string;
  /** What the program says of itself; '' when it says nothing. */
  readonly userAgent: string;
}
