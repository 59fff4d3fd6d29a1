import { AppError } from '../../engine/runtime/app-error.js';
import { pageAnswer } from './page-answer.js';
import type { PageFiles } from './page-files.js';
import { type Route, route } from './route.js';

/** Which built page is at which address; what else is in the address, the page itself reads. */
const PAGES = [
  { path: '/', name: 'playerPage', file: 'index.html', summary: 'Join a room and play.' },
  { path: '/r/:pin', name: 'joinPage', file: 'index.html', summary: 'Join this room and play.' },
  { path: '/host', name: 'hostPage', file: 'host.html', summary: 'Open a room and host it.' },
  { path: '/monitor', name: 'monitorPage', file: 'monitor.html', summary: 'For operators.' },
  { path: '/rooms/:id', name: 'historyPage', file: 'history.html', summary: 'What was in a room.' },
] as const;

/** The pages, and every file that they ask for. */
export function pageRoutes(files: PageFiles): readonly Route[] {
  const pages = PAGES.filter(({ file }) => files.has(file));
  const others = [...files.keys()].filter((name) => !name.endsWith('.html'));
  return [
    ...pages.flatMap((page) => spellings(page).map((place) => fileRoute(files, place))),
    ...others.map((name) =>
      fileRoute(files, { path: `/${name}`, name, file: name, summary: 'A file of the pages.' }),
    ),
  ];
}

interface FilePlace {
  readonly path: string;
  readonly name: string;
  readonly file: string;
  readonly summary: string;
}

/** People type addresses, and some end them with a slash. */
function spellings(page: FilePlace): FilePlace[] {
  return page.path.endsWith('/') ? [page] : [page, { ...page, path: `${page.path}/` }];
}

function fileRoute(files: PageFiles, { path, name, file, summary }: FilePlace): Route {
  return route({
    method: 'GET',
    path,
    name,
    summary,
    who: 'anyone',
    page: true,
    answers: [],
    handle({ headers }) {
      const found = files.get(file);
      if (!found) throw new AppError('not_found');
      return pageAnswer(found, headers);
    },
  });
}
