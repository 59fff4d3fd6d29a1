/**
 * The file of a module that runs in a thread or process of its own, which only the built JavaScript
 * can do: where the sources themselves run (tests), it is taken from the build beside them.
 */
export function builtModule(name: string): URL {
  const here = import.meta.url;
  const file = `${name}.js`;
  return here.endsWith('.ts')
    ? new URL(`../../../dist/drivers/postgres/${file}`, here)
    : new URL(`./${file}`, here);
}
