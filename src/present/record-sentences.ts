import type { AuditRecord, DecisionRecord } from '../model/audit-record.ts';
import type { Effect } from '../model/effect.ts';
import { actSentence } from './sentence.ts';
import type { Translate } from './translate.ts';

/** What a sentence about a record needs besides the record. */
export interface RecordContext {
  readonly t: Translate;
  /** What the agent is called, such as `Claude Code`. */
  readonly agent: string;
  /** The effect that matters most. */
  readonly effect?: Effect;
}

/** What happened, as whole sentences: what was wanted, what the policy said, who answered, why. Texts of the log stand in them as they are. */
export function recordSentences(record: AuditRecord, context: RecordContext): readonly string[] {
  if (record.type === 'event') return [eventSentence(record.event, record.user, context.t)];
  return [
    wanted(record, context),
    ruled(record, context.t),
    answered(record, context.t),
    record.reason,
    record.degraded === undefined ? '' : context.t('The guard could not do all of its work: {0}', record.degraded),
  ].filter((sentence) => sentence !== '');
}

function wanted(record: DecisionRecord, { t, agent, effect }: RecordContext): string {
  const act = actSentence(effect?.act, agent, t);
  if (act !== undefined) return t('{0}.', act);
  switch (record.tool) {
    case 'bash':
      return t('{0} wanted to run a command.', agent);
    case 'read':
      return t('{0} wanted to read a file.', agent);
    case 'write':
    case 'edit':
    case 'patch':
      return t('{0} wanted to change a file.', agent);
    case 'delete':
      return t('{0} wanted to delete a file.', agent);
    case 'fetch':
      return t('{0} wanted to fetch from the network.', agent);
    default:
      return t('{0} wanted to use the tool {1}.', agent, record.native_tool);
  }
}

/** What the policy said, and what was done for want of a question. */
function ruled({ verdict, outcome, rule, layer, mode, approval, break_glass }: DecisionRecord, t: Translate): string {
  const isSettled = approval !== undefined || break_glass !== undefined;
  if (verdict === 'approve' && outcome === 'approve') {
    return rule === ''
      ? t('No rule has anything against it: it ran.')
      : t('The rule {0} of the {1} policy approves it: it ran.', rule, layer);
  }
  if (verdict === 'deny' && outcome === 'deny') return t('The rule {0} of the {1} policy forbids it: it did not run.', rule, layer);
  if (verdict === outcome || isSettled) {
    if (verdict === 'deny') return t('The rule {0} of the {1} policy forbids it.', rule, layer);
    if (verdict === 'escalate') return t('The rule {0} of the {1} policy leaves it to a person.', rule, layer);
    return t('The policy approves it.');
  }
  return outcome === 'approve'
    ? t('The rule {0} of the {1} policy is against it, but it ran: the guard was in the mode {2}.', rule, layer, mode)
    : t('It did not run: the guard was in the mode {0}.', mode);
}

function answered({ approval, outcome }: DecisionRecord, t: Translate): string {
  if (approval === undefined) return '';
  const { by, message = '' } = approval;
  const seconds = Math.round(approval.waited_ms / 100) / 10;
  const didRun = outcome === 'approve';
  switch (by) {
    case 'window':
    case 'terminal': {
      const said = didRun ? t('A person allowed it after {0} s.', seconds) : t('A person said no after {0} s.', seconds);
      return message === '' ? said : t('{0} They wrote: “{1}”', said, message);
    }
    case 'grant':
      return t('A person had allowed it earlier.');
    case 'break-glass':
      return t('It ran under break-glass: {0}', message);
    case 'agent':
      return t('The question was left to the agent’s own prompt.');
    case 'expired':
      return t('Nobody answered within {0} s: it did not run.', seconds);
    case 'no-window':
      return t('No window was open to ask a person: it did not run.');
    case 'lost':
      return t('The window was closed before there was an answer: it did not run.');
    default:
      return t('Answered by {0}: {1}', by, approval.answer);
  }
}

function eventSentence(event: string, user: string, t: Translate): string {
  switch (event) {
    case 'mode-changed':
      return t('{0} changed the mode of the guard.', user);
    case 'protected-file-changed':
      return t('A file that guards agents was changed.');
    case 'terminal-command-observed':
      return t('A command ran in a terminal that the guard only observes.');
    case 'bad-input':
      return t('An agent sent something that the guard could not read; it was denied.');
    default:
      return user === '' ? t('Event: {0}.', event) : t('Event: {0}, by {1}.', event, user);
  }
}
