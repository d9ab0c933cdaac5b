/**
 * Saves what V8 compiles of the hook, so that later hooks need not compile it again: see `platform/code.ts`. Run when the hook is installed, by the Node that
 * will run it. Without arguments it runs itself for calls of every day; with an agent's name it is the hook for one call, and saves what that needed.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type LoadedCode, loadCode } from './platform/code.ts';
import { runEverydayCalls } from './platform/everyday-calls.ts';

if (process.argv[2] === undefined) runEverydayCalls(import.meta.filename);
else {
  const loaded: LoadedCode[] = [];
  process.on('exit', () => {
    for (const { cacheFile, script } of loaded) {
      mkdirSync(dirname(cacheFile), { recursive: true, mode: 0o755 });
      const next = `${cacheFile}.${process.pid}.new`;
      writeFileSync(next, script.createCachedData(), { mode: 0o644 });
      renameSync(next, cacheFile);
    }
  });
  loadCode('gate', (each) => loaded.push(each));
}
