import { chooseMode } from '../session/choose-mode.ts';
import { type Mode, modes, modeStrength, readMode, unlock as unlockMachine } from '../session/mode.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, UsageError } from './command.ts';
import { personOf, placesOf, recordEvent, requirePerson } from './person.ts';

const meanings: Readonly<Record<Mode, string>> = {
  shadow: 'everything runs; what the policy would have stopped is recorded',
  enforce: 'the policy decides',
  confirm: 'as enforce, and a person is asked before anything that changes something',
  locked: 'nothing runs: every call of every agent is denied',
};

const help = `Shows or chooses how far the policy acts on this machine, for all agents and projects.

Usage: agent-policy mode          shows the mode
       agent-policy mode NAME     chooses one

Modes, from the weakest to the strictest:
${Object.entries(meanings)
  .sort(([a], [b]) => modeStrength[a as Mode] - modeStrength[b as Mode])
  .map(([name, meaning]) => `  ${name.padEnd(8)} ${meaning}`)
  .join('\n')}

A weaker mode can only be chosen by a person at a terminal. A policy may state a stricter mode than the one that is chosen here.
Exit codes: 0 done, 1 error.
`;

export const mode: Command = { summary: 'show or choose how far the policy acts', help, options: {}, run };

async function run(parsed: Parsed, io: Io): Promise<number> {
  const [name, ...more] = parsed.positionals;
  if (more.length > 0) throw new UsageError('name one mode');
  const places = placesOf(io);
  const before = readMode(places);
  if (name === undefined) {
    const shown = before === undefined ? { mode: 'enforce', chosen: false } : { mode: before, chosen: true };
    const note = shown.chosen ? '' : ', unless a policy states another';
    await io.out(hasFlag(parsed, 'json') ? `${JSON.stringify(shown)}\n` : `${shown.mode}: ${meanings[before ?? 'enforce']}${note}\n`);
    return exitCodes.ok;
  }
  const wanted = modes.find((each) => each === name);
  if (wanted === undefined) throw new UsageError(`there is no mode "${name}"; there are ${modes.join(', ')}`);
  if (wanted === 'locked') return lockNow(io);
  // Where nobody has chosen, a policy may have stated a stricter mode than the usual one: naming one could weaken it.
  if (before === undefined || modeStrength[wanted] < modeStrength[before]) requirePerson(io, 'Choosing a weaker mode');
  chooseMode(places, personOf(io), wanted);
  await io.out(`The mode is ${wanted}: ${meanings[wanted]}.\n`);
  return exitCodes.ok;
}

async function lockNow(io: Io): Promise<number> {
  const said = 'Locked: every call of every agent is denied, also in sessions that run. "agent-policy unlock" ends it.\n';
  try {
    chooseMode(placesOf(io), personOf(io), 'locked');
  } finally {
    if (readMode(placesOf(io)) === 'locked') await io.out(said);
  }
  return exitCodes.ok;
}

export const lock: Command = {
  summary: 'the kill switch: deny everything, at once',
  help: `Denies every call of every agent on this machine from now on, also in sessions that run and for calls that wait for an answer.

Usage: agent-policy lock

"agent-policy unlock" ends it. Exit codes: 0 locked, 1 error.
`,
  options: {},
  run: (parsed, io) => {
    if (parsed.positionals.length > 0) throw new UsageError('"lock" takes no argument');
    return lockNow(io);
  },
};

export const unlock: Command = {
  summary: 'end the lock',
  help: `Ends "agent-policy lock" and goes back to the mode before it. For a person at a terminal.

Usage: agent-policy unlock

Exit codes: 0 done, 1 error.
`,
  options: {},
  run: async (parsed, io) => {
    if (parsed.positionals.length > 0) throw new UsageError('"unlock" takes no argument');
    const places = placesOf(io);
    if (readMode(places) !== 'locked') {
      await io.out('It is not locked.\n');
      return exitCodes.ok;
    }
    requirePerson(io, 'Ending the lock');
    recordEvent(io, 'mode-changed', { from: 'locked', to: 'unlocked' });
    const now = unlockMachine(places);
    await io.out(`Unlocked. The mode is ${now ?? 'what the policy states, or enforce'}.\n`);
    return exitCodes.ok;
  },
};
