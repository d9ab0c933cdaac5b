import { type Command, UsageError } from './command.ts';

const help = `What an agent starts before each tool call: reads the agent's payload from standard input and answers in the agent's own way.

Usage: agent-policy hook AGENT

"agent-policy install" writes it into the agent's configuration; there is no need to call it by hand.
Exit codes: the agent's own; whatever fails is a deny.
`;

/** Told of here; `start-hook.ts` does the work before any other command is loaded. */
export const hook: Command = {
  summary: 'what an agent starts before each tool call',
  help,
  options: {},
  run: () => Promise.reject(new UsageError('name the agent, as in "agent-policy hook claude-code"')),
};
