/** Line icons, 24 × 24, as paths. They are decoration: what they stand on carries the name. */
const PATHS = {
  lock: 'M6 11h12v10H6zM8.500 11V7.500a3.500 3.500 0 0 1 7 0V11',
  unlock: 'M6 11h12v10H6zM8.500 11V7.500a3.500 3.500 0 0 1 6.700-1.400',
  close: 'M5 5l14 14M19 5 5 19',
  check: 'M4 12.500 9.500 18 20 6.500',
  people:
    'M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20a6.500 6.500 0 0 1 13 0M15.500 4.800a3.500 3.500 0 0 1 0 6.400M18 14.200a6.500 6.500 0 0 1 3.500 5.800',
  backspace: 'M8.500 5H21v14H8.500L2.500 12zM11.500 9.500l5 5M16.500 9.500l-5 5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  refresh: 'M20 11a8 8 0 1 0-.9 5M20 4v7h-7',
  download: 'M12 4v11M7 10.500l5 5 5-5M4 20h16',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  send: 'M4 12 20 4l-4.500 16-4-6.500z',
  muted:
    'M9 9v2a3 3 0 0 0 5 2.200M15 9V6a3 3 0 0 0-5.700-1.300M5.500 11a6.500 6.500 0 0 0 10.600 5M18.500 11a6.400 6.400 0 0 1-.5 2.500M12 17.500V21M4 4l16 16',
  speaking:
    'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.500 11a6.500 6.500 0 0 0 13 0M12 17.500V21',
  screen: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.500V12l3 2',
  star: 'm12 3.500 2.600 5.700 6.200.7-4.600 4.200 1.300 6.100-5.500-3.100-5.500 3.100 1.300-6.100L3.200 9.900l6.200-.7z',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  leave: 'M14 4H5v16h9M10 12h11M17.500 8.500 21 12l-3.500 3.500',
  search: 'M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500 21 21',
  chat: 'M4 5h16v11H10l-4.500 4v-4H4z',
  log: 'M4 6h16M4 12h16M4 18h10',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
