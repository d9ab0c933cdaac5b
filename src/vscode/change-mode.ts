import { type QuickPickItem, window } from 'vscode';
import { type Mode, modes } from '../session/mode.ts';
import type { ModeStore } from './mode-store.ts';
import { modeWords } from './mode-words.ts';
import { t } from './translate.ts';

interface ModeItem extends QuickPickItem {
  readonly mode: Mode;
}

/** Lets the person choose a mode; whether one was chosen. Leaving what guards for what guards less takes a second, deliberate step. */
export async function changeMode(store: ModeStore): Promise<boolean> {
  store.refresh();
  const items = modes.map((mode): ModeItem => {
    const { label, detail, weaker } = modeWords(mode, t);
    const icon = weaker ? '$(eye)' : mode === 'locked' ? '$(lock)' : '$(shield)';
    return { mode, label: `${icon} ${label}`, detail, ...(mode === store.mode ? { description: t('now') } : {}) };
  });
  const picked = await window.showQuickPick(items, {
    title: t('Agent Policy: mode on this machine'),
    placeHolder: t('How strictly agents are guarded'),
    matchOnDetail: true,
  });
  if (!picked || picked.mode === store.mode) return picked !== undefined;
  if (!(await isConfirmed(store.mode, picked.mode))) return false;
  try {
    store.set(picked.mode);
    return true;
  } catch (error) {
    void window.showErrorMessage(t('The mode could not be changed: {0}', error instanceof Error ? error.message : String(error)));
    return false;
  }
}

// A quick pick can be answered by commands, which an agent may be able to run; a dialog cannot.
async function isConfirmed(from: Mode, to: Mode): Promise<boolean> {
  const loosens = modeWords(to, t).weaker || from === 'locked' || (from === 'confirm' && to === 'enforce');
  if (!loosens) return true;
  const words = modeWords(to, t);
  const yes = t('Change to {0}', words.label);
  return (
    (await window.showWarningMessage(
      t('Guard agents less on this machine?'),
      { modal: true, detail: `${words.label}: ${words.detail}` },
      yes,
    )) === yes
  );
}
