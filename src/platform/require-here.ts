/**
 * Loads a file relative to this one's bundle, or to this file where the sources run. In a bundle `require` is whatever loaded the bundle (see `code.ts`);
 * `node:module` is not imported for the other case, as loading that takes longer than most of what is loaded with it.
 */
export const requireHere: NodeJS.Require =
  typeof require === 'function' ? require : process.getBuiltinModule('node:module').createRequire(import.meta.filename);
