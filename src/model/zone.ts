/** Where a path lies, in the words of the policy. A path may lie in several zones. */
export const zones = {
  root: 'the root of the file system',
  home: 'a home directory itself',
  'workspace-root': 'the workspace itself, or a folder that contains it',
  system: 'a folder that belongs to the operating system',
  'other-home': 'another user’s home directory',
  workspace: 'inside the workspace',
  source: 'a folder of the workspace that holds source, not build output',
  'build-output': 'build output or a cache inside the workspace',
  session: 'made by this session',
  temp: 'a folder for temporary files',
  outside: 'outside the workspace and the temporary folders',
  device: 'a device',
  'safe-device': 'a device without an effect, such as /dev/null',
  secret: 'a file that holds secrets',
  'secret-dir': 'a folder that holds secrets',
  guard: 'something that governs agents: the policy, hooks, agent or editor settings',
  startup: 'a file that a shell or the machine runs when it starts',
  'git-dir': 'inside a repository’s .git folder',
} as const satisfies Readonly<Record<string, string>>;

/** One of the words of {@link zones}. */
export type Zone = keyof typeof zones;

/** Whether `value` is a known zone. */
export function isZone(value: string): value is Zone {
  return Object.hasOwn(zones, value);
}
