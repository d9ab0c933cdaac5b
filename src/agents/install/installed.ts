import { InstallError, readFile } from './files.ts';
import { isOurs, type Machine, scopes } from './place.ts';
import type { Target } from './targets.ts';

/** Whether some file of an agent names a hook of ours. Nothing is run: `diagnose` proves whether it fires. Never throws. */
export function hasHook(target: Target, machine: Machine): boolean {
  return scopes.some((scope) =>
    (target.files[scope]?.(machine) ?? []).some((placement) => {
      try {
        const text = placement.kind === 'rules' || placement.kind === 'codex-trust' ? undefined : readFile(placement.file);
        return text !== undefined && isOurs(text);
      } catch (error) {
        if (error instanceof InstallError) return false;
        throw error;
      }
    }),
  );
}
