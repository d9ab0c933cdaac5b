import type { ApprovalRequest, EffectSummary } from '../approval/messages.ts';
import type { Action } from '../model/tool-call.ts';
import { elide } from './elide.ts';
import { actionSentence, actSentence } from './sentence.ts';
import { english, type Translate } from './translate.ts';
import { visibleLine, visibleText } from './visible-text.ts';

/** A question to a person, ready to be shown as plain text. */
export interface Question {
  /** One sentence with the dangerous part in it. */
  readonly message: string;
  /** At most {@link mostLines} lines and about 900 characters. */
  readonly detail: string;
}

/** Lines of {@link Question.detail}: more would push a dialog's buttons off the screen. */
export const mostLines = 12;

/** What is known besides the request. */
export interface QuestionContext {
  /** How many identical requests wait for this answer. */
  readonly waiting?: number;
  /** The deadline as the person reads it, such as `14:03:12`. */
  readonly deadline?: string;
  /** The person's home directory: shown as `~`. */
  readonly home?: string;
  /** What would change, in at most two lines. */
  readonly preview?: readonly string[];
}

/** The question in few lines. Everything in it that came from an agent is made visible and cut; nothing hides what joins commands. */
export function question(request: ApprovalRequest, context: QuestionContext = {}, t: Translate = english): Question {
  const preview = (context.preview ?? []).slice(0, 2).map((line) => clip(line, 150));
  const lines = [
    ...actionLines(request, t),
    '',
    clip(t('Why: {0}', visibleLine(request.reason)), 210),
    clip(t('Risk: {0}. Rule: {1}', riskName(request, t), ruleName(abridged(request, context.home), t)), 200),
    ...effectLine(request.effects, context.home, t),
    ...preview,
    t('Asked by: {0}', askedBy(request, context.home, t)),
    ...(request.description ? [clip(t('The agent says: “{0}”', visibleLine(request.description)), 110)] : []),
    closing(context, t),
  ];
  return { message: message(request, t), detail: lines.slice(0, mostLines).join('\n') };
}

/** Everything about a request, unabridged, for a read-only document. */
export function fullText(request: ApprovalRequest, t: Translate = english, preview: readonly string[] = []): string {
  const blocks = request.actions.map((action) => {
    const { head, text } = parts(action, t);
    return `${head}\n\n${visibleText(text)}`;
  });
  const effects = request.effects.map((effect) => `  ${effectText(effect, t)}`);
  return [
    message(request, t),
    '',
    t('Asked by: {0}', askedBy(request, undefined, t)),
    t('Folder: {0}', visibleLine(request.cwd)),
    t('Tool: {0}', visibleLine(request.nativeTool)),
    t('Rule: {0}', ruleName(request, t)),
    t('Why: {0}', visibleLine(request.reason)),
    ...(request.advice ? [t('Instead: {0}', visibleLine(request.advice))] : []),
    t('Risk: {0}', riskName(request, t)),
    ...(request.description ? [t('The agent says: “{0}”', visibleLine(request.description))] : []),
    ...(effects.length > 0 ? ['', t('What it would do:'), ...effects] : []),
    ...(preview.length > 0 ? ['', t('What would change:'), ...preview.map((line) => `  ${line}`)] : []),
    ...blocks.flatMap((block) => ['', block]),
    '',
  ].join('\n');
}

/** What is asked, in one sentence with the dangerous part in it. */
export function message(request: ApprovalRequest, t: Translate = english): string {
  const agent = visibleLine(request.agent);
  const sentence = actSentence(request.danger?.act, agent, t) ?? actionSentence(request.actions[request.danger?.action ?? 0], agent, t);
  const subject = request.danger?.evidence ?? subjectOf(request);
  return subject === '' ? `${sentence}.` : `${sentence}: ${clip(visibleLine(subject), 80)}`;
}

/** What a request is about in few words: its command, path, address … */
export function subjectOf({ actions }: ApprovalRequest): string {
  const action = actions[0];
  switch (action?.kind) {
    case 'bash':
      return action.command.trim();
    case 'write':
    case 'edit':
    case 'delete':
    case 'read':
      return action.path;
    case 'fetch':
      return action.url;
    case 'sql':
      return action.query.trim();
    default:
      return '';
  }
}

function actionLines(request: ApprovalRequest, t: Translate): readonly string[] {
  const index = request.danger?.action ?? 0;
  const action = request.actions[index];
  if (!action) return [clip(visibleLine(request.nativeTool), 200)];
  const { head, text } = parts(action, t);
  const more = request.actions.length > 1 ? [t('… and {0} more in the same call', request.actions.length - 1)] : [];
  if (action.kind !== 'bash' && action.kind !== 'sql') return [clip(head, 160), ...more];
  const room = { lines: 3 - more.length, characters: 330 };
  const shown = visibleText(elide(text, room, request.danger?.span, t));
  return [...shown.split('\n').slice(0, room.lines), ...more];
}

/** How an action is named, and the text that it is about. */
function parts(action: Action, t: Translate): { readonly head: string; readonly text: string } {
  switch (action.kind) {
    case 'bash':
      return { head: t('Command'), text: action.command };
    case 'write':
      return { head: t('Write {0}', visibleLine(action.path)), text: action.content ?? '' };
    case 'edit':
      return {
        head: t('Change {0}', visibleLine(action.path)),
        text: (action.replacements ?? [])
          .map((r) => `- ${r.oldText.replaceAll('\n', '\n- ')}\n+ ${r.newText.replaceAll('\n', '\n+ ')}`)
          .join('\n\n'),
      };
    case 'delete':
      return { head: t('Delete {0}', visibleLine(action.path)), text: '' };
    case 'patch':
      return { head: t('Patch'), text: action.text };
    case 'read':
      return { head: t('Read {0}', visibleLine(action.path)), text: '' };
    case 'fetch':
      return { head: visibleLine(`${action.method ?? 'GET'} ${action.url}`), text: '' };
    case 'sql':
      return { head: t('Statement'), text: action.query };
    case 'mcp':
      return { head: visibleLine(`${action.server}/${action.tool}`), text: asJson(action.args) };
    case 'other':
      return { head: t('Arguments'), text: asJson(action.args) };
  }
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2) ?? '';
  } catch {
    return '';
  }
}

function askedBy(request: ApprovalRequest, home: string | undefined, t: Translate): string {
  const agent = visibleLine(request.agent);
  const folder = clip(visibleLine(short(request.cwd, home)), 90);
  return request.session
    ? t('{0}, session {1}, in {2}', agent, clip(visibleLine(request.session), 8), folder)
    : t('{0} in {1}', agent, folder);
}

/** The rule and where it is written. */
function ruleName({ rule, layer, source }: Pick<ApprovalRequest, 'rule' | 'layer' | 'source'>, t: Translate): string {
  const name = visibleLine(rule) || t('no rule');
  const kind = visibleLine(layer) || 'built-in';
  return source === undefined
    ? t('{0} ({1} policy)', name, kind)
    : t('{0} ({1} policy, {2})', name, kind, visibleLine(`${source.file}:${source.line}`));
}

/** The parts of a rule's name in bounded length. Of its place the end stays, which has the line's number. */
function abridged({ rule, layer, source }: ApprovalRequest, home: string | undefined): Pick<ApprovalRequest, 'rule' | 'layer' | 'source'> {
  const names = { rule: clip(rule, 60), layer: clip(layer, 12) };
  return source === undefined ? names : { ...names, source: { ...source, file: clipStart(short(source.file, home), 60) } };
}

/** The risk as people read it. */
export function riskName(request: Pick<ApprovalRequest, 'risk'>, t: Translate): string {
  switch (request.risk) {
    case 'low':
      return t('low');
    case 'medium':
      return t('medium');
    case 'high':
      return t('high');
    case 'critical':
      return t('critical');
  }
}

function effectLine(effects: readonly EffectSummary[], home: string | undefined, t: Translate): readonly string[] {
  if (effects.length === 0) return [];
  const shown = effects.slice(0, 3).map((effect) => clip(effectText({ ...effect, target: short(effect.target, home) }, t), 80));
  const more = effects.length > shown.length ? `; ${t('{0} more', effects.length - shown.length)}` : '';
  return [t('Effects: {0}', shown.join('; ') + more)];
}

function effectText(effect: EffectSummary, t: Translate): string {
  const target = visibleLine(effect.target);
  const text = kindText(effect, target, t);
  return effect.certainty === 'exact' ? text : t('{0} (not known exactly)', text);
}

function kindText(effect: EffectSummary, target: string, t: Translate): string {
  switch (effect.kind) {
    case 'read':
      return t('reads {0}', target);
    case 'write':
      return t('writes {0}', target);
    case 'delete':
      return t('deletes {0}', target);
    case 'execute':
      return t('runs {0}', target);
    case 'network':
      return t('contacts {0}', target);
    case 'unknown':
      return t('something that cannot be known: {0}', target);
  }
}

function closing(context: QuestionContext, t: Translate): string {
  const parts: string[] = [];
  if ((context.waiting ?? 1) > 1) parts.push(t('{0} identical requests wait for this answer.', context.waiting ?? 1));
  if (context.deadline !== undefined) parts.push(t('Closing this denies it; so does no answer until {0}.', context.deadline));
  else parts.push(t('Closing this denies it.'));
  return parts.join(' ');
}

/** A path below the home, as people write it. */
function short(path: string, home: string | undefined): string {
  return home !== undefined && home.length > 1 && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
}

/** The end of a line. */
function clipStart(line: string, length: number): string {
  if (line.length <= length) return line;
  const start = line.length - length + 1;
  return `…${line.slice(/[\uDC00-\uDFFF]/.test(line.charAt(start)) ? start + 1 : start)}`;
}

/** One line of at most that many characters; what stands at the end is what is lost. */
function clip(line: string, length: number): string {
  if (line.length <= length) return line;
  const end = /[\uD800-\uDBFF]/.test(line.charAt(length - 2)) ? length - 2 : length - 1;
  return `${line.slice(0, end)}…`;
}
