import type { Verdict } from '../model/verdict.ts';

/**
 * The reference library's templates as it decides them: by texts. They serve programs that were written for that library; a guard
 * uses the templates in `policies/`, which decide on what a call would do.
 */
export const compatTemplates: Readonly<Record<string, { readonly text: string; readonly defaultAction: Verdict }>> = {
  safe_coding: {
    defaultAction: 'approve',
    text: String.raw`
policies:
  - { name: no-force-push-main, match: { tool: bash, args_pattern: 'git\s+push\s+.*--force.*\b(main|master)\b' }, action: deny, reason: Force push to a protected branch, priority: 10 }
  - { name: no-force-push, match: { tool: bash, args_pattern: 'git\s+push\s+.*(--force|-f\b)' }, action: deny, reason: Force push rewrites shared history, priority: 20 }
  - { name: no-reset-hard, match: { tool: bash, args_pattern: 'git\s+reset\s+.*--hard' }, action: deny, reason: Hard reset discards work, priority: 20 }
  - { name: no-clean, match: { tool: bash, args_pattern: 'git\s+clean\s+.*-[a-z]*[fd]' }, action: deny, reason: Clean deletes untracked files, priority: 20 }
  - { name: no-branch-delete, match: { tool: bash, args_pattern: 'git\s+branch\s+.*-D\b' }, action: deny, reason: Forced deletion of a branch, priority: 20 }
  - { name: no-skipped-checks, match: { tool: bash, args_pattern: '--no-verify|--no-gpg-sign' }, action: deny, reason: Skips hooks or signing, priority: 20 }
  - { name: recursive-delete, match: { tool: bash, args_pattern: '\brm\s+(-[a-zA-Z]*r[a-zA-Z]*f|-[a-zA-Z]*f[a-zA-Z]*r)' }, action: escalate, reason: Recursive deletion, priority: 30 }
  - { name: no-system-writes, match: { tool: '~(?i)write|edit', path_patterns: ['/etc/*', '/usr/*', '/boot/*', '/sys/*'] }, action: deny, reason: Writes a system file, priority: 20 }
  - { name: secret-reads, match: { tool: '~(?i)read|cat|open', path_patterns: ['~\.env($|\.)', '~credentials', '~\.ssh/', '~\.aws/', '~\.gnupg/'] }, action: escalate, reason: Reads a secret, priority: 30 }
`,
  },
  safe_browsing: {
    defaultAction: 'approve',
    text: String.raw`
policies:
  - { name: no-metadata, match: { args_pattern: '169\.254\.169\.254|metadata\.google\.internal' }, action: deny, reason: Cloud metadata address, priority: 10 }
  - { name: no-internal, match: { args_pattern: '(?i)https?://(localhost|127\.|0\.0\.0\.0|\[::1\]|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)' }, action: deny, reason: Internal address, priority: 20 }
  - { name: no-file-urls, match: { args_pattern: '(?i)\bfile:' }, action: deny, reason: Local file, priority: 20 }
  - { name: downloads, match: { tool: '~(?i)download' }, action: escalate, reason: Download, priority: 30 }
`,
  },
  safe_database: {
    defaultAction: 'approve',
    text: String.raw`
policies:
  - { name: no-drop, match: { args_pattern: '(?i)\bDROP\s+(TABLE|DATABASE|SCHEMA|INDEX|VIEW)\b' }, action: deny, reason: Drops data, priority: 10 }
  - { name: no-truncate, match: { args_pattern: '(?i)\bTRUNCATE\b' }, action: deny, reason: Empties a table, priority: 10 }
  - { name: delete-without-where, match: { args_pattern: '(?is)\bDELETE\s+FROM\b(?!.*\bWHERE\b)' }, action: escalate, reason: Deletes all rows, priority: 20 }
  - { name: update-without-where, match: { args_pattern: '(?is)\bUPDATE\s+\S+\s+SET\b(?!.*\bWHERE\b)' }, action: escalate, reason: Changes all rows, priority: 20 }
`,
  },
  strict: {
    defaultAction: 'deny',
    text: `
policies:
  - { name: reading, match: { tool: '~^(read|read_file|view|cat|head|tail|ls|list|list_dir|glob|grep|search|find)$' }, action: approve, reason: Reads only, priority: 10 }
`,
  },
};
