import { type QuickPickItem, Range, Selection, TextEditorRevealType, Uri, window, workspace } from 'vscode';
import { localPolicy } from '../gateway/local-policy.ts';
import type { Directories } from '../platform/directories.ts';
import type { CompiledPolicy, CompiledRule, LayerName } from '../policy/compiled.ts';
import { lineOf } from '../policy/edit/diagnose.ts';
import { nodeAt } from '../policy/edit/tree.ts';
import { visibleLine, withoutIcons, withoutLinks } from '../present/visible-text.ts';
import { policyCompiler } from './policy-compiler.ts';
import { readPolicy } from './policy-documents.ts';
import type { ReviewDocuments } from './review-documents.ts';
import { t } from './translate.ts';

/** A rule and the layer that it is of. */
interface PlacedRule {
  readonly layer: LayerName;
  readonly rule: CompiledRule;
}

/** A rule by its name, and by its layer where that is known. */
export interface WantedRule {
  readonly rule: string;
  readonly layer?: string;
}

interface RuleItem extends QuickPickItem {
  readonly placed: PlacedRule;
}

/** Opens the policy that a rule is written in, at the rule; templates as read-only documents. Without a rule, the person picks one. */
export async function goToRule(given: unknown, directories: Directories, documents: ReviewDocuments): Promise<void> {
  const all = rulesOfWindow(directories);
  const wanted = wantedRule(given);
  if (wanted === undefined) {
    const picked = await window.showQuickPick(all.map(ruleItem), {
      title: t('Agent Policy: go to a rule'),
      placeHolder: t('Name of the rule'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (picked) await openRule(picked.placed, documents);
    return;
  }
  const named = all.filter(({ rule }) => rule.name === wanted.rule);
  const placed = named.find(({ layer }) => layer === wanted.layer) ?? named[0];
  if (placed !== undefined) await openRule(placed, documents);
  else
    void window.showInformationMessage(
      withoutLinks(t('No policy that holds here has a rule {0}.', visibleLine(wanted.rule).slice(0, 100))),
    );
}

/** What a command was given, as far as it is of use: anybody may call it. */
function wantedRule(given: unknown): WantedRule | undefined {
  if (typeof given !== 'object' || given === null || !('rule' in given) || typeof given.rule !== 'string' || given.rule === '')
    return undefined;
  return { rule: given.rule, ...('layer' in given && typeof given.layer === 'string' ? { layer: given.layer } : {}) };
}

/** The rules of all policies that hold in this window, the strongest first. */
function rulesOfWindow(directories: Directories): readonly PlacedRule[] {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
  const policies = [...folders, ...(folders.length === 0 ? [directories.config] : [])].flatMap((folder): CompiledPolicy[] => {
    const { policy } = localPolicy(directories, process.platform, folder);
    return policy === undefined ? [] : [policy];
  });
  const all = policies.flatMap(({ layers }) => layers.flatMap(({ layer, rules }) => rules.map((rule) => ({ layer, rule }))));
  return [...new Map(all.map((each) => [`${each.layer} ${each.rule.source.file} ${each.rule.name}`, each])).values()];
}

function ruleItem(placed: PlacedRule): RuleItem {
  const { layer, rule } = placed;
  return {
    label: withoutIcons(visibleLine(rule.name)),
    description: withoutIcons(t('{0}, {1} policy', rule.action, layer)),
    detail: withoutIcons(visibleLine(rule.reason).slice(0, 200)),
    placed,
  };
}

async function openRule({ rule }: PlacedRule, documents: ReviewDocuments): Promise<void> {
  const { file, line } = rule.source;
  const template = /^template (.+)$/.exec(file)?.[1];
  const uri =
    template === undefined ? (file === 'default' || file === 'built-in' ? undefined : Uri.file(file)) : templateUri(template, documents);
  const text = uri === undefined ? undefined : template === undefined ? await readPolicy(uri) : policyCompiler().templateText(template);
  if (uri === undefined || text === undefined) {
    void window.showInformationMessage(withoutLinks(t('The file {0} cannot be read.', visibleLine(file))));
    return;
  }
  const at = Math.max(0, sectionLine(rule.name, text) ?? line - 1);
  const editor = await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  const range = editor.document.lineAt(Math.min(at, editor.document.lineCount - 1)).range;
  editor.selection = new Selection(range.start, range.start);
  editor.revealRange(new Range(range.start, range.end), TextEditorRevealType.InCenterIfOutsideViewport);
}

/** A rule that a section makes is written where the section is: `paths.protected`, `budgets.deletes`, `workflow.STATE.deny`. */
function sectionLine(name: string, text: string): number | undefined {
  const [section = '', key = '', ...rest] = name.split('.');
  if (rest.length > 1 || key === '') return section === 'levels' ? lineOfPath(text, ['levels']) : undefined;
  return lineOfPath(text, section === 'workflow' ? ['workflow', 'states', key] : [section, key]);
}

function lineOfPath(text: string, path: readonly string[]): number | undefined {
  const tree = policyCompiler().readTree(text);
  const entry = nodeAt(tree, path.slice(0, -1))?.entries.find(({ key }) => key === path.at(-1));
  return entry === undefined ? undefined : lineOf(text, entry.start) - 1;
}

const shown = new Map<string, Uri>();

/** One document for each template, as long as its owner lives. */
function templateUri(name: string, documents: ReviewDocuments): Uri | undefined {
  const known = shown.get(name);
  if (known !== undefined && documents.has(known)) return known;
  const text = policyCompiler().templateText(name);
  if (text === undefined) return undefined;
  const uri = documents.add(`${name}.yaml`, text);
  shown.set(name, uri);
  return uri;
}
