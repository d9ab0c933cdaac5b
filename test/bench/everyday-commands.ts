import { analyzeCommand } from '../../src/analysis/analyze.ts';
import { nowhere } from '../../src/cli/world.ts';

const context = { cwd: '/home/me/project', home: '/home/me', workspace: '/home/me/project' };

/** Analyses a command on a machine of which nothing is known. */
export const analyze = (command: string) => analyzeCommand(command, context, nowhere);

/** What agents type all day. */
export const short: readonly string[] = [
  'ls -la',
  'git status',
  'git diff --stat',
  'npm test',
  'npm run build',
  'cat src/index.ts',
  'grep -rn "foo" src',
  'cd src && ls',
  'git add -A && git commit -m "Fix the parser"',
  'rm -rf node_modules',
  'node -v',
  'mkdir -p dist/out',
  'echo "done"',
  'git push origin main',
  'python3 -m pytest -q',
  'find . -name "*.ts"',
  'sed -n 1,20p README.md',
  'head -n 20 package.json',
  'git log --oneline -5',
  'npx tsc --noEmit',
];
