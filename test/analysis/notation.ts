import type { Analysis, Effect } from '../../src/model/effect.ts';

/** An analysis in few words, one line for each effect: `start rm -r sub`, `delete /w/sub [files.delete.recursive]`, `~` for approximate, `?` for opaque. */
export function notation(analysis: Analysis): readonly string[] {
  return [...new Set(analysis.effects.map(line))];
}

function line(effect: Effect): string {
  const certainty = effect.certainty === 'opaque' ? '? ' : effect.certainty === 'approximate' ? '~ ' : '';
  const words = effect.argv?.map((word) => (word === null ? '…' : /^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word))) ?? [];
  const what =
    effect.kind === 'execute'
      ? `start ${[effect.program ?? effect.evidence ?? '…', ...words].join(' ')}`
      : `${effect.kind} ${effect.path ?? effect.url ?? effect.statement ?? effect.evidence ?? ''}`;
  return `${certainty}${what}${effect.act ? ` [${effect.act}]` : ''}`;
}
