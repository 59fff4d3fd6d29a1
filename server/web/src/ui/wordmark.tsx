/** The product's mark, as in the icon of the page. Decoration: what it stands beside says the name. */
export function BrandMark() {
  return (
    <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M18.500 6h-3.500L8 19v3h8.500v4h3.500v-4h3v-3h-3V6zm-2 5.500V19h-4.500z" />
    </svg>
  );
}

/** The name with its mark, the same on every page; it leads to the start. */
export function Wordmark() {
  return (
    <a class="wordmark" href="/" dir="ltr" aria-label="Pinroom">
      <BrandMark />
      <span>
        Pin<em>room</em>
      </span>
    </a>
  );
}
