/** Whether this is Node, and not a browser. */
export const isNode = Boolean(globalThis.process?.versions?.node);

/** A module of Node, which programs that bundle files for browsers pass over. */
export function ofNode(name) {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ `node:${name}`);
}
