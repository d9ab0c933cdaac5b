/** Whether a path is that of a hook which a project keeps for git: `.husky/pre-commit`, `.githooks/pre-push`. */
export function isProjectHook(path: string): boolean {
  return /\/(?:\.husky|\.githooks|\.git-hooks|\.git\/hooks)\/(?!_\/|\.)[\w-]+$/.test(path);
}

/** Whether a hook with this text does nothing: it is empty, or ends before it begins. Writing that switches the hook off. */
export function doesNothing(text: string): boolean {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !/^(?:set\s+-\w+|\.\s.*husky\.sh["']?|:|true)$/.test(line));
  return lines.length === 0 || /^(?:exit|return)(?:\s+0)?\s*;?$/.test(lines[0] ?? '');
}
