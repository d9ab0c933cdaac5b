import { dirname, relative } from 'node:path';
import type { TrustReview } from '../gateway/trust-review.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Loosening } from '../policy/loosening.ts';
import type { Translate } from '../present/translate.ts';

/** Lines of a rule that are shown: a rule that is longer says so. */
const mostRuleLines = 400;

/** What holds now, for each thing that an approval would loosen. */
export function beforeText({ loosens }: TrustReview, t: Translate): string {
  return loosens
    .map((each) => `${heading(each, t)}\n${each.kind === 'mode' ? `mode: ${each.from}` : verdict(each.relaxedAction, t)}\n`)
    .join('\n');
}

/** What would hold, with the rule as it is written. */
export function afterText({ file, loosens, texts }: TrustReview, t: Translate): string {
  return loosens
    .map((each) => {
      if (each.kind === 'mode') return `${heading(each, t)}\nmode: ${each.to}\n`;
      const warning = each.guardsGuard ? [`# ${t('Caution: this rule protects what governs agents.')}`] : [];
      const near = relative(dirname(file), each.file);
      const by = t('by the rule {0}, {1}:{2}', each.rule, near.startsWith('..') ? each.file : near, each.line);
      return [
        heading(each, t),
        ...warning,
        verdict(each.action, t),
        `# ${by}`,
        'rule:',
        ...ruleLines(texts.get(each.file) ?? '', each.line),
        '',
      ].join('\n');
    })
    .join('\n');
}

function heading(loosening: Loosening, t: Translate): string {
  if (loosening.kind === 'mode') return `# ${t('Mode of the policy')}`;
  const { relaxes, relaxedLayer } = loosening;
  return `# ${relaxes === 'default' ? t('What no rule of the {0} policy says', relaxedLayer) : t('{0} ({1} policy)', relaxes, relaxedLayer)}`;
}

function verdict(action: Verdict, t: Translate): string {
  switch (action) {
    case 'approve':
      return `verdict: approve  # ${t('it runs')}`;
    case 'escalate':
      return `verdict: escalate  # ${t('you are asked')}`;
    case 'deny':
      return `verdict: deny  # ${t('it does not run')}`;
  }
}

/** A rule as it stands in its file: its line, and those that are indented deeper than its beginning. */
export function ruleLines(text: string, line: number): readonly string[] {
  const lines = text.split(/\r?\n/);
  let first = line - 1;
  // The line is that of the name, which need not come first.
  for (let i = first; i >= 0 && i > first - mostRuleLines; i--) {
    if (!/^\s*- /.test(lines[i] ?? '')) continue;
    first = i;
    break;
  }
  const column = (each: string) => each.length - each.trimStart().length;
  const start = lines[first] ?? '';
  const rest = lines.slice(first + 1);
  const end = rest.findIndex((each) => each.trim() !== '' && column(each) <= column(start));
  const all = [start, ...(end < 0 ? rest : rest.slice(0, end))];
  const shown = all.length > mostRuleLines ? [...all.slice(0, mostRuleLines), '…'] : all;
  return shown.join('\n').trimEnd().split('\n');
}
