import {
  CancellationTokenSource,
  type CancellationToken,
  Location,
  type TestController,
  type TestItem,
  TestMessage,
  type TestRun,
  TestRunProfileKind,
  TestRunRequest,
  tests,
  type TextDocument,
  type Uri,
  workspace,
} from 'vscode';
import type { Directories } from '../platform/directories.ts';
import { type PlacedScenario, placedScenarios } from '../policy/edit/places.ts';
import type { ScenarioResult } from '../policy/scenario.ts';
import { DisposableStore } from './disposable-store.ts';
import { policyCompiler } from './policy-compiler.ts';
import { areScenarios, kindOf, rangeIn, readPolicy } from './policy-documents.ts';
import { Settling } from './settling.ts';
import { t } from './translate.ts';

/** How many came out as expected. */
export interface RunCounts {
  readonly passed: number;
  readonly failed: number;
}

const files = '**/{.agent-policy.yaml,*.agent-policy.{yaml,yml},*.test.{yaml,yml}}';
const strangers = '**/{node_modules,.git,dist,out,build,vendor}/**';
const mostFiles = 500;
const patience = 3000;
const typingMs = 400;

/** Scenarios of policies in the Test Explorer. The controller is made when there are some: other windows show no empty view. */
export class PolicyTests {
  readonly #store = new DisposableStore();
  readonly #directories: Directories;
  readonly #typing = this.#store.add(new Settling(typingMs));
  /** Runs that are repeated with every change. */
  readonly #continuous = new Map<TestRunRequest, CancellationToken>();
  #controller: TestController | undefined;

  constructor(directories: Directories) {
    this.#directories = directories;
    const watcher = this.#store.add(workspace.createFileSystemWatcher(files));
    for (const event of [watcher.onDidCreate, watcher.onDidChange]) this.#store.add(event((uri) => this.#soon(uri)));
    this.#store.add(watcher.onDidDelete((uri) => this.#controller?.items.delete(uri.toString())));
    this.#store.add(workspace.onDidOpenTextDocument((document) => this.#look(document)));
    this.#store.add(workspace.onDidChangeTextDocument(({ document }) => this.#look(document)));
    const first = setTimeout(() => void this.#discover(), patience);
    this.#store.add({ dispose: () => clearTimeout(first) });
  }

  async dispose(): Promise<void> {
    this.#continuous.clear();
    await this.#store.dispose();
  }

  /** Runs the scenarios of a file, as they are being typed. */
  async run(uri: Uri): Promise<RunCounts> {
    await this.#update(uri);
    const item = this.#controller?.items.get(uri.toString());
    if (item === undefined) return { passed: 0, failed: 0 };
    const source = new CancellationTokenSource();
    try {
      return await this.#run(new TestRunRequest([item]), source.token);
    } finally {
      source.dispose();
    }
  }

  #look(document: TextDocument): void {
    if (kindOf(document, this.#directories) !== undefined) this.#soon(document.uri);
  }

  #soon(uri: Uri): void {
    this.#typing.soon(uri.toString(), () => void this.#changed(uri));
  }

  async #changed(uri: Uri): Promise<void> {
    await this.#update(uri);
    // A file may be extended by others, whose scenarios then come out otherwise.
    for (const [request, token] of this.#continuous) await this.#run(request, token);
  }

  async #discover(): Promise<void> {
    if (this.#store.isDisposed) return;
    const found = await workspace.findFiles(files, strangers, mostFiles);
    for (const uri of found) {
      if (this.#store.isDisposed) return;
      await this.#update(uri);
    }
  }

  /** Takes up what a file holds now. */
  async #update(uri: Uri): Promise<void> {
    const text = await readPolicy(uri);
    if (this.#store.isDisposed) return;
    const placed =
      text === undefined || !/^["']?tests["']?\s*:/m.test(text) || !areScenariosOf(uri, text, this.#directories) ? [] : scenariosIn(text);
    if (placed.length === 0 || text === undefined) {
      this.#controller?.items.delete(uri.toString());
      return;
    }
    const controller = this.#controllerNow();
    const item = controller.items.get(uri.toString()) ?? controller.createTestItem(uri.toString(), workspace.asRelativePath(uri), uri);
    controller.items.add(item);
    const seen = new Map<string, number>();
    item.children.replace(
      placed.map(({ name, span }, index) => {
        const times = (seen.get(name) ?? 0) + 1;
        seen.set(name, times);
        const id = `${name}#${times}`;
        const child = item.children.get(id) ?? controller.createTestItem(id, name, uri);
        child.range = rangeIn(text, span.start, span.end);
        child.sortText = String(index).padStart(6, '0');
        return child;
      }),
    );
  }

  #controllerNow(): TestController {
    if (this.#controller !== undefined) return this.#controller;
    const controller = this.#store.add(tests.createTestController('agentPolicy.scenarios', t('Agent Policy')));
    this.#controller = controller;
    controller.refreshHandler = () => this.#discover();
    controller.createRunProfile(
      t('Run'),
      TestRunProfileKind.Run,
      async (request, token) => {
        if (request.continuous === true) {
          this.#continuous.set(request, token);
          token.onCancellationRequested(() => this.#continuous.delete(request));
        } else await this.#run(request, token);
      },
      true,
      undefined,
      true,
    );
    return controller;
  }

  async #run(request: TestRunRequest, token: CancellationToken): Promise<RunCounts> {
    const controller = this.#controllerNow();
    const run = controller.createTestRun(request);
    const counts = { passed: 0, failed: 0 };
    try {
      for (const [file, wanted] of byFile(controller, request)) {
        if (token.isCancellationRequested) break;
        await runFile(run, file, wanted, token, counts);
      }
    } finally {
      run.end();
    }
    return counts;
  }
}

function areScenariosOf(uri: Uri, text: string, directories: Directories): boolean {
  const kind = kindOf({ uri, getText: () => text }, directories);
  return kind !== undefined && (kind !== 'scenarios' || areScenarios(text));
}

function scenariosIn(text: string): readonly PlacedScenario[] {
  return placedScenarios(policyCompiler().readTree(text));
}

/** The scenarios that a request means, by their files. */
function byFile(controller: TestController, { include, exclude = [] }: TestRunRequest): ReadonlyMap<TestItem, readonly TestItem[]> {
  const result = new Map<TestItem, TestItem[]>();
  const add = (file: TestItem, child: TestItem) => {
    if (!exclude.includes(child) && !exclude.includes(file)) result.set(file, [...(result.get(file) ?? []), child]);
  };
  const all: TestItem[] = [];
  controller.items.forEach((item) => {
    all.push(item);
  });
  for (const item of include ?? all) {
    if (item.parent !== undefined) add(item.parent, item);
    else {
      item.children.forEach((child) => {
        add(item, child);
      });
    }
  }
  return result;
}

async function runFile(
  run: TestRun,
  file: TestItem,
  wanted: readonly TestItem[],
  token: CancellationToken,
  counts: { passed: number; failed: number },
): Promise<void> {
  const { mayGoOn, prepareRun } = await import('./scenario-runs.ts');
  const { uri } = file;
  const text = uri === undefined ? undefined : await readPolicy(uri);
  if (uri === undefined || text === undefined) return;
  const prepared = await prepareRun(uri, text);
  const placed = scenariosIn(text);
  const indexes = new Map<string, number>();
  file.children.forEach((child) => {
    indexes.set(child.id, Number(child.sortText));
  });
  for (const item of wanted) {
    run.started(item);
    if ('problem' in prepared) {
      counts.failed++;
      run.errored(item, new TestMessage(prepared.problem));
      continue;
    }
    if (!(await mayGoOn(token))) {
      run.skipped(item);
      continue;
    }
    const index = indexes.get(item.id) ?? -1;
    const started = performance.now();
    const result = prepared.each(index);
    const ms = performance.now() - started;
    if (result === undefined) run.skipped(item);
    else if (result.passed) {
      counts.passed++;
      run.passed(item, ms);
    } else {
      counts.failed++;
      run.failed(item, failure(result, uri, text, placed[index]), ms);
    }
  }
}

/** What differs, at the word that says otherwise. */
function failure({ problem, scenario, decision }: ScenarioResult, uri: Uri, text: string, place: PlacedScenario | undefined): TestMessage {
  const message = TestMessage.diff(
    problem,
    written(scenario.expect, scenario.rule),
    written(decision.verdict, scenario.rule === undefined ? undefined : decision.rule),
  );
  const span = decision.verdict === scenario.expect ? (place?.rule ?? place?.expect) : place?.expect;
  if (span !== undefined) message.location = new Location(uri, rangeIn(text, span.start, span.end));
  return message;
}

function written(verdict: string, rule: string | undefined): string {
  return rule === undefined ? verdict : `${verdict} (${rule === '' ? '-' : rule})`;
}
