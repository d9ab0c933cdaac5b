import { startHook } from './cli/start-hook.ts';

// An agent waits for the hook: nothing else is loaded for it, and whatever fails denies.
if (process.argv[2] === 'hook' && process.argv[3] !== undefined && !process.argv[3].startsWith('-')) startHook();
else import('./cli/start.ts').then(({ start }) => start());
