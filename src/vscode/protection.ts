import type { Translate } from '../present/translate.ts';

/** Where a setting has its value. */
export type SettingTarget = 'folder' | 'workspace' | 'user' | 'default';

/** Something that keeps hooks from running. */
export interface ProtectionProblem {
  /** `off`: no hook of ours runs in VS Code's agent mode; `weaker`: a second line of defence is missing. */
  readonly severity: 'off' | 'weaker';
  readonly message: string;
  /** The setting to correct, the value that it should have, and where it is wrong. */
  readonly setting?: { readonly key: string; readonly value: unknown; readonly target: SettingTarget };
}

/** The parts of `WorkspaceConfiguration.inspect` that are looked at. */
export interface Inspected {
  readonly defaultValue?: unknown;
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

/** What the editor says about itself. */
export interface EditorFacts {
  readonly trusted: boolean;
  /** The effective value of a setting. */
  value(key: string): unknown;
  inspect(key: string): Inspected | undefined;
}

/** Folder that a second hook of ours lies in, which does not depend on plugins. */
const copilotHooks = '~/.copilot/hooks';

/**
 * What keeps VS Code from running our hooks. Both switches can be thrown by a project's `.vscode/settings.json`, without a word from
 * VS Code (measured with 1.139: `chat.useHooks: false` and `chat.plugins.enabled: false` silence every plugin hook).
 */
export function protectionProblems(editor: EditorFacts, t: Translate): readonly ProtectionProblem[] {
  const problems: ProtectionProblem[] = [];
  if (!editor.trusted) problems.push({ severity: 'off', message: t('This folder is not trusted: VS Code runs no agent hooks in it.') });
  const off = (key: string, wrong: unknown, message: string): void => {
    if (editor.value(key) !== wrong) return;
    problems.push({ severity: 'off', message, setting: { key, value: wrong !== true, target: targetOf(editor.inspect(key), wrong) } });
  };
  off('chat.useHooks', false, t('The setting {0} is off: no agent hook runs.', 'chat.useHooks'));
  off('chat.plugins.enabled', false, t('The setting {0} is off: the hook of this extension does not run.', 'chat.plugins.enabled'));
  off(
    'chat.hooks.allowManagedOnly',
    true,
    t('The setting {0} is on: your organization allows its own hooks only.', 'chat.hooks.allowManagedOnly'),
  );
  const locations = editor.value('chat.hookFilesLocations');
  if (isRecord(locations) && locations[copilotHooks] === false) {
    const message = t('The setting {0} leaves out {1}: the second hook does not run.', 'chat.hookFilesLocations', copilotHooks);
    const inspected = editor.inspect('chat.hookFilesLocations');
    const target = targetWhere(inspected, (value) => isRecord(value) && value[copilotHooks] === false);
    problems.push({
      severity: 'weaker',
      message,
      setting: { key: 'chat.hookFilesLocations', value: { ...locations, [copilotHooks]: true }, target },
    });
  }
  return problems;
}

function targetOf(inspected: Inspected | undefined, wrong: unknown): SettingTarget {
  return targetWhere(inspected, (value) => value === wrong);
}

function targetWhere(inspected: Inspected | undefined, isWrong: (value: unknown) => boolean): SettingTarget {
  // A window with one folder names the same file both ways, and then only the workspace's can be written for every setting.
  if (isWrong(inspected?.workspaceValue)) return 'workspace';
  if (isWrong(inspected?.workspaceFolderValue)) return 'folder';
  return isWrong(inspected?.globalValue) ? 'user' : 'default';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
