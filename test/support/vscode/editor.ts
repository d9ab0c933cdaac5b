// A real VS Code (code-server) in the sandbox, with its built-in Copilot on the scripted model: no sign-in, no network.
import { execFileSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type EditorPrograms, installEditor } from './install.ts';
import { makeStandIns, sandboxed } from './sandbox.ts';
import { Scope } from './scope.ts';
import { type ScriptedModel, startModel } from './scripted-model.ts';
import { until } from './wait.ts';
import { EditorWindow, type WindowOptions } from './window.ts';

export const modelName = 'Scripted';

const quietSettings = {
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'window.confirmBeforeClose': 'never',
  'git.openRepositoryInParentFolders': 'never',
  'chat.byokUtilityModelDefault': 'mainAgent',
  'chat.agent.maxRequests': 100,
};

export interface EditorOptions {
  /** Extensions to install: VSIX files. */
  readonly vsix?: readonly string[];
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Agent mode's permission-bypass mode: tools run without any question of VS Code's own. */
  readonly yolo?: boolean;
  /** Without chat the editor starts faster. */
  readonly chat?: boolean;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A running editor. Its folder holds everything that it can change. */
export class Editor {
  readonly scope: Scope;
  readonly model: ScriptedModel;
  readonly url: string;
  readonly chat: boolean;
  readonly yolo: boolean;
  readonly #programs: EditorPrograms;

  constructor(scope: Scope, model: ScriptedModel, url: string, options: EditorOptions, programs: EditorPrograms) {
    this.scope = scope;
    this.model = model;
    this.url = url;
    this.chat = options.chat !== false;
    this.yolo = options.yolo === true;
    this.#programs = programs;
  }

  /** The scratch home directory. */
  get home(): string {
    return homeOf(this.scope);
  }

  /** The folder that windows open: a project in the home. */
  get workspace(): string {
    return join(this.home, 'project');
  }

  /** Folder of the standing settings of the machine and the user. */
  get data(): string {
    return this.scope.path('data');
  }

  open(options: WindowOptions = {}): Promise<EditorWindow> {
    return EditorWindow.open(this, this.#programs.chromium, options);
  }

  async close(): Promise<void> {
    await this.model.close();
    await this.scope.close();
  }
}

const homeOf = (scope: Scope) => scope.path('home');

/** Makes the scratch home with its project; the caller fills them before {@link startEditor}. */
export function newScope(name: string): Scope {
  const scope = new Scope(name);
  for (const folder of [join(homeOf(scope), 'project'), scope.path('tmp')]) mkdirSync(folder, { recursive: true });
  makeStandIns(scope.folder);
  return scope;
}

/** Starts an editor in a scope. Takes it over: it is closed where starting fails. */
export async function startEditor(scope: Scope, options: EditorOptions = {}): Promise<Editor> {
  const programs = installEditor((line) => console.log(line));
  const model = await startModel();
  try {
    const data = scope.path('data');
    const chat = options.chat !== false;
    writeJson(join(data, 'User', 'settings.json'), {
      ...quietSettings,
      ...(chat ? {} : { 'chat.disableAIFeatures': true }),
      ...options.settings,
    });
    writeJson(join(data, 'User', 'chatLanguageModels.json'), [languageModel(model.url)]);
    if (options.yolo) writeJson(join(data, 'Machine', 'settings.json'), { 'chat.tools.global.autoApprove': true });

    const env = { ...environment(scope, programs), ...options.env };
    const folders = ['--user-data-dir', data, '--extensions-dir', scope.path('extensions')];
    for (const file of options.vsix ?? []) {
      execFileSync(programs.node, [programs.entry, ...folders, '--install-extension', realpathSync(file), '--force'], {
        env,
        stdio: 'pipe',
        timeout: 60_000,
      });
    }
    const log = scope.path('server.log');
    const output = openSync(log, 'w');
    const flags = [
      '--auth',
      'none',
      '--bind-addr',
      '127.0.0.1:0',
      ...folders,
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
    ];
    const [program, args] = sandboxed(scope.folder, [programs.node, programs.entry, ...flags, ...(options.args ?? [])]);
    const server = scope.spawn(program, args, { env, cwd: homeOf(scope), stdio: ['ignore', output, output] });
    const url = await until(
      () => server.exitCode !== null || /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(readFileSync(log, 'utf8'))?.[1],
      60_000,
    );
    if (typeof url !== 'string') throw new Error(`code-server did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    return new Editor(scope, model, url, options, programs);
  } catch (error) {
    await model.close();
    await scope.close();
    throw error;
  }
}

/** The environment of this process without what belongs to its own user or editor. */
function environment(scope: Scope, programs: EditorPrograms): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|XDG_|npm_|AGENT_POLICY_|MOCHA_|NODE_OPTIONS|GIT_|CLAUDE)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: homeOf(scope),
    TMPDIR: scope.path('tmp'),
    PATH: [programs.nodeFolder, process.env['PATH'] ?? ''].join(delimiter),
    SHELL: '/bin/bash',
  };
}

function languageModel(url: string): object {
  const model = {
    id: 'scripted',
    name: modelName,
    url: `${url}/v1/chat/completions`,
    toolCalling: true,
    vision: false,
    maxInputTokens: 100_000,
    maxOutputTokens: 8000,
  };
  return { name: modelName, vendor: 'customendpoint', apiKey: 'x', apiType: 'chat-completions', models: [model] };
}

function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value, null, 2));
}
