import { isAct } from '../model/act.ts';
import type { Action } from '../model/tool-call.ts';
import { effectKinds, risks } from '../model/effect.ts';
import { type ApprovalRequest, type ClientMessage, protocolVersion } from './messages.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The message of a line from a call; a sentence saying what is wrong with it otherwise. Every member that a window shows is checked here,
 * so that the window need not.
 */
export function decodeClientMessage(line: string): ClientMessage | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'The message is not JSON.';
  }
  if (!isFields(value)) return 'The message is not an object.';
  if (value['type'] === 'cancel') {
    return typeof value['id'] === 'string' ? { type: 'cancel', id: value['id'] } : 'The cancellation names no request.';
  }
  if (value['type'] !== 'request') return 'The message is neither a request nor a cancellation.';
  if (value['version'] !== protocolVersion) return 'The request is of another version of Agent Policy: reload the window.';
  const wrong = wrongMember(value);
  return wrong === undefined ? (value as unknown as ApprovalRequest) : `The request's "${wrong}" is missing or wrong.`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isText = (value: unknown) => typeof value === 'string';
const isOptionalText = (value: unknown) => value === undefined || isText(value);
const isCount = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isListOf = (value: unknown, most: number, test: (item: unknown) => boolean) =>
  Array.isArray(value) && value.length <= most && value.every(test);

function wrongMember(request: Fields): string | undefined {
  for (const name of ['id', 'agent', 'cwd', 'workspace', 'tool', 'nativeTool', 'rule', 'layer', 'reason'])
    if (!isText(request[name])) return name;
  for (const name of ['session', 'callId', 'description', 'advice']) if (!isOptionalText(request[name])) return name;
  if (!risks.some((risk) => risk === request['risk'])) return 'risk';
  if (!isCount(request['deadline'])) return 'deadline';
  if (request['needsReason'] !== undefined && request['needsReason'] !== true) return 'needsReason';
  if (!isListOf(request['actions'], 1000, isAction)) return 'actions';
  if (!isListOf(request['effects'], 50, isEffect)) return 'effects';
  if (request['source'] !== undefined && !isSource(request['source'])) return 'source';
  return request['danger'] === undefined || isDanger(request['danger']) ? undefined : 'danger';
}

function isSource(value: unknown): boolean {
  return isFields(value) && isText(value['file']) && isCount(value['line']);
}

const required: Readonly<Record<Action['kind'], readonly string[]>> = {
  bash: ['command'],
  write: ['path'],
  edit: ['path'],
  delete: ['path'],
  patch: ['text'],
  read: ['path'],
  fetch: ['url'],
  sql: ['query'],
  mcp: ['server', 'tool'],
  other: [],
};

function isAction(value: unknown): boolean {
  if (!isFields(value)) return false;
  const kind = value['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(required, kind)) return false;
  if (!required[kind as Action['kind']].every((name) => isText(value[name]))) return false;
  if (!isOptionalText(value['content']) || !isOptionalText(value['cwd']) || !isOptionalText(value['method'])) return false;
  return value['replacements'] === undefined || isListOf(value['replacements'], 10_000, isReplacement);
}

function isReplacement(value: unknown): boolean {
  return isFields(value) && isText(value['oldText']) && isText(value['newText']);
}

function isEffect(value: unknown): boolean {
  if (!isFields(value) || !isText(value['target'])) return false;
  return (
    effectKinds.some((kind) => kind === value['kind']) &&
    ['exact', 'approximate', 'opaque'].some((certainty) => certainty === value['certainty'])
  );
}

function isDanger(value: unknown): boolean {
  if (!isFields(value) || !isText(value['evidence'])) return false;
  const { act, action, span } = value;
  if (act !== undefined && !(typeof act === 'string' && isAct(act))) return false;
  if (action !== undefined && !isCount(action)) return false;
  return span === undefined || (isFields(span) && isCount(span['start']) && isCount(span['end']));
}
