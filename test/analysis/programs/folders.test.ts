import { check } from './check-acts.ts';

// A folder that is put somewhere as a whole brings what lies in it.
const files = {
  '/tmp/ci/.github/workflows/test.yml': 'on: push',
  '/tmp/agents/.github/hooks/hooks.json': '{}',
  '/tmp/editor/.vscode/extensions.json': '{}',
  '/tmp/editor/settings/settings.json': '{}',
  'packages/a/.vscode/settings.json': '{}',
};

check(
  'folders that bring hooks and settings',
  [
    ['mv /tmp/x .git', 'guard.change'],
    ['mv .git.bak .git', 'guard.change'],
    ['mv .git /tmp/g && npm test && mv /tmp/g .git', 'none'],
    ['mv .git .git.bak', 'none'],
    ['cp -r /tmp/x/. .git/', 'guard.change'],
    ['cp -rT /tmp/x .git', 'guard.change'],
    ['cp -r .git /tmp/backup/', 'none'],
    ['cp -r .git ../backup/', 'none'],
    ['rsync -a /tmp/x/ .git/', 'guard.change'],
    ['rsync -a host:x/ .vscode/', 'guard.change'],
    ['ln -s /tmp/x .vscode', 'guard.change'],
    ['ln -sfn /tmp/x .git', 'guard.change'],
    ['cp -r /tmp/editor/.vscode .', 'none'],
    ['cp -r /tmp/editor/settings .vscode', 'guard.change'],
    ['mkdir -p /tmp/y/v && echo {} > /tmp/y/v/settings.json && mv /tmp/y/v .vscode', 'guard.change'],
    ['tar xf /tmp/z.tar -C /tmp/editor/.vscode && cp -r /tmp/editor/.vscode .', 'guard.change'],
    ['cp -r packages/a/.vscode packages/b/', 'none'],
    ['cp -r /tmp/ci/.github .', 'none'],
    ['cp -r /tmp/agents/.github .', 'guard.change'],
    ['cp -r /tmp/unseen/.github .', 'none'],
    ['mkdir /tmp/h /tmp/h/hooks; echo {} > /tmp/h/hooks/a.json; mv /tmp/h .github', 'guard.change'],
    ['cp -r src lib', 'none'],
    ['mv /tmp/config config', 'none'],
    ['ln -s ../shared node_modules/shared', 'none'],
  ],
  { files },
);

check('archives whose names are known', [
  ['tar -cf - -C /tmp/new .opencode | tar -xf - -C "$PWD"', 'guard.change'],
  ['tar -C /tmp/new -c .claude | tar x', 'guard.change'],
  ['tar cf a.tar -C /tmp/new .claude/settings.json && tar xf a.tar', 'guard.change'],
  ['tar cf - new/.claude | tar xf - --strip-components=1', 'guard.change'],
  ['tar cf - -C /tmp/new .vscode | tar xf -', 'guard.change'],
  ['tar xf a.tar .claude/settings.json', 'guard.change'],
  ['unzip cfg.zip .vscode/settings.json', 'guard.change'],
  ['cd /tmp/new && zip -qr /tmp/z.zip .claude && cd /work/app && unzip -o /tmp/z.zip', 'guard.change'],
  ['7z x a.7z .git/hooks/pre-commit', 'guard.change'],
  ['tar xzf a.tgz src docs', 'none'],
  ['tar -cf - src | tar -xf - -C /tmp/x', 'none'],
  ['tar -czf backup.tgz .git && tar -tzf backup.tgz', 'none'],
  ['tar cf - .git | (cd /tmp/x && tar xf -)', 'none'],
  ['tar -xf a.tar --wildcards "*.js"', 'none'],
]);
