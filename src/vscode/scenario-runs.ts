import type { CancellationToken, Uri } from 'vscode';
import { plainCall } from '../agents/plain-call.ts';
import { builtIn } from '../gateway/compile-policy.ts';
import { decideScenario } from '../gateway/scenario.ts';
import type { ScenarioResult } from '../policy/scenario.ts';
import { extendedOf } from './edited-policy.ts';
import { policyCompiler } from './policy-compiler.ts';

/** What came of a file's scenarios: their results in the order of the file, or what keeps them from being run. */
export type ScenarioRun = { readonly problem: string } | { readonly each: (index: number) => ScenarioResult | undefined };

/** Makes a file's scenarios ready to be decided, by the policy in it under what always holds: as `agent-policy test` does. */
export async function prepareRun(uri: Uri, text: string): Promise<ScenarioRun> {
  const compiler = policyCompiler();
  const { read } = await extendedOf(uri, text);
  const { scenarios, diagnostics } = compiler.readScenarios(uri.fsPath, text);
  const loaded = compiler.loadPolicy([builtIn, { layer: 'user', name: uri.fsPath, text, trusted: true }], read);
  const error = [...diagnostics, ...loaded.diagnostics].find(({ severity }) => severity === 'error');
  const { policy } = loaded;
  if (policy === undefined || error !== undefined) return { problem: error?.message ?? '' };
  const now = Date.now();
  const decide = (scenario: (typeof scenarios)[number]) =>
    decideScenario(policy, scenario, { callOf: (written) => plainCall(written).call, conditions: compiler.runCondition, now });
  return {
    each: (index) => {
      const scenario = scenarios[index];
      return scenario === undefined ? undefined : compiler.runScenarios([scenario], decide)[0];
    },
  };
}

/** Lets the window do something else, and says whether the run goes on. */
export async function mayGoOn(token: CancellationToken): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  return !token.isCancellationRequested;
}
