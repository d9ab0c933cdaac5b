import type { ToHost } from '../../model/viewer.ts';
import { filterFrom } from '../../webview/filter-state.ts';

const mostRows = 200;
const longestId = 100;

/** A message of the page, decoded once: whatever else comes is `undefined` and does nothing. */
export function messageFrom(value: unknown): ToHost | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, filter, from, count, epoch, grown, id, format, part } = value as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'ready':
    case 'summary':
    case 'verify':
    case 'reload':
    case 'showProtection':
      return { type };
    case 'filter': {
      const decoded = filterFrom(filter);
      return decoded && { type, filter: decoded };
    }
    case 'rows':
      return isCount(from) && isCount(count) && count <= mostRows && isCount(epoch) && isCount(grown)
        ? { type, from, count, epoch, grown }
        : undefined;
    case 'detail':
    case 'openRule':
    case 'tryCommand':
      return isId(id) ? { type, id } : undefined;
    case 'copy':
      return isId(id) && (part === 'command' || part === 'record' || part === 'id') ? { type, id, part } : undefined;
    case 'export':
      return format === 'json' || format === 'csv' ? { type, format } : undefined;
    default:
      return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longestId;
}
