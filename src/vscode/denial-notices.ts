import { commands, ConfigurationTarget, window, workspace } from 'vscode';
import type { DecisionRecord } from '../model/audit-record.ts';
import { visibleLine, withoutLinks } from '../present/visible-text.ts';
import { subjectOf } from '../audit/viewer-line.ts';
import { demonstrationSession } from './demonstrate.ts';
import { t } from './translate.ts';

const gatherMs = 1200;
const quietMs = 60_000;

/** Says that actions were denied: several in a row in one notification, and one notification at a time. */
export class DenialNotices {
  #gathered: DecisionRecord[] = [];
  #timer: NodeJS.Timeout | undefined;
  #quietUntil = 0;

  add(record: DecisionRecord): void {
    // A person who has just answered knows.
    if (record.outcome !== 'deny' || record.approval?.by === 'window' || record.session === demonstrationSession) return;
    if (workspace.getConfiguration('agentPolicy').get<boolean>('notifications.denied') === false) return;
    this.#gathered.push(record);
    this.#timer ??= setTimeout(() => void this.#show(), Math.max(gatherMs, this.#quietUntil - Date.now()));
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  async #show(): Promise<void> {
    const records = this.#gathered;
    const first = records[0];
    this.#gathered = [];
    this.#timer = undefined;
    if (!first) return;
    this.#quietUntil = Date.now() + quietMs;
    const message =
      records.length === 1
        ? t('Agent Policy denied: {0}. {1}', clip(visibleLine(subjectOf(first))), clip(visibleLine(first.reason), 200))
        : t('Agent Policy denied {0} actions of agents.', records.length);
    const [show, rule, never] = [t('Show Log'), t('Go to Rule'), t('Don’t Show Again')];
    const hasRule = records.length === 1 && first.rule !== '';
    const answer = await window.showInformationMessage(withoutLinks(message), show, ...(hasRule ? [rule] : []), never);
    this.#quietUntil = 0;
    if (answer === show) await commands.executeCommand('agentPolicy.openViewer');
    if (answer === rule) await commands.executeCommand('agentPolicy.goToRule', { rule: first.rule, layer: first.layer });
    if (answer === never) await workspace.getConfiguration('agentPolicy').update('notifications.denied', false, ConfigurationTarget.Global);
  }
}

function clip(text: string, length = 80): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
