import { countParam, type Duty, type Obligator } from './duties.ts';
import { quoted } from './shell-quote.ts';

/** Limits what a write or edit puts into files (`content`, or the bare number), and what a command prints (`output`). */
export const maxBytes: Obligator = {
  refuses: (duty) => {
    const { params, call } = duty;
    const content = countParam(params, 'content') ?? countParam(params, 'value');
    if (content === undefined && countParam(params, 'output') === undefined)
      return 'the policy does not say how many bytes ("content: 10000")';
    const bytes = writtenBytes(duty);
    if (content !== undefined && bytes === undefined) return 'how many bytes it would write cannot be known';
    if (content !== undefined && (bytes ?? 0) > content) return `it would write ${bytes} bytes, and ${content} are allowed`;
    const isBash = call.actions.some(({ kind }) => kind === 'bash');
    return params['output'] === undefined || isBash || call.actions.length === 0 ? undefined : 'the output of this tool cannot be limited';
  },
  wrap: ({ params }, command) => {
    const output = countParam(params, 'output');
    if (output === undefined) return { command, how: '' };
    // The command keeps its exit code; one that prints more is ended by the closed pipe.
    return {
      command: `bash -o pipefail -c ${quoted(`{ bash -c "$0"; } 2>&1 | head -c ${output}`)} ${quoted(command)}`,
      how: `output cut at ${output} bytes`,
    };
  },
};

/** Bytes that the call's own arguments put into files; `undefined` where a command writes, whose output is not known. */
function writtenBytes({ call, analysis }: Duty): number | undefined {
  let bytes = 0;
  for (const action of call.actions) {
    if (action.kind === 'write') bytes += Buffer.byteLength(action.content ?? '');
    else if (action.kind === 'edit') for (const { newText } of action.replacements ?? []) bytes += Buffer.byteLength(newText);
    else if (action.kind === 'patch') bytes += Buffer.byteLength(action.text);
    else if (action.kind !== 'read' && action.kind !== 'fetch' && analysis.effects.some(({ kind }) => kind === 'write')) return undefined;
  }
  return bytes;
}
