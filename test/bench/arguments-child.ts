import '../../src/analysis/analyze.ts';
import { agentPrograms } from '../../src/analysis/programs/agents.ts';
import { cloudPrograms } from '../../src/analysis/programs/cloud.ts';
import { containerPrograms } from '../../src/analysis/programs/containers.ts';
import { databasePrograms } from '../../src/analysis/programs/databases.ts';
import { diskPrograms } from '../../src/analysis/programs/disks.ts';
import { builderNames, changingNames, fileNames, runnerNames } from '../../src/analysis/programs/everyday-names.ts';
import { forgePrograms } from '../../src/analysis/programs/forge.ts';
import { secretPrograms } from '../../src/analysis/programs/secret-printing.ts';
import { servicePrograms } from '../../src/analysis/programs/services.ts';
import { systemPackagePrograms } from '../../src/analysis/programs/system-packages.ts';
import { windowsPrograms } from '../../src/analysis/powershell/programs.ts';
import { builtinNames } from '../../src/analysis/shell/builtin-names.ts';
import { analyze } from './everyday-commands.ts';

// Gives each program long arguments of one text that is repeated, and prints the slowest as JSON: `{ took, command, count }`, in milliseconds.
const length = 8192;
const units = [
  ' ',
  '\n',
  '\n ',
  '/',
  '/..',
  's/',
  ';',
  '-',
  '=',
  '"',
  '\\',
  '(',
  '{',
  '[[',
  '*',
  ',',
  ':',
  'a ',
  '$',
  '${',
  '$(',
  '@',
  '<',
  '`',
];
const places: readonly ((name: string, text: string) => string)[] = [
  (name, text) => `${name} ${text}`,
  (name, text) => `${name} -c ${text} f`,
  (name, text) => `${name} -e ${text} f`,
  (name, text) => `${name} a b ${text} d`,
  (name, text) => `${name} --x=${text} a`,
  (name, text) => `echo ${text} | ${name}`,
];
const rare = [
  agentPrograms,
  cloudPrograms,
  containerPrograms,
  databasePrograms,
  diskPrograms,
  forgePrograms,
  secretPrograms,
  servicePrograms,
  systemPackagePrograms,
  windowsPrograms,
].flatMap((family) => Object.keys(family));
const everyday = `${fileNames}${runnerNames}${builderNames}${builtinNames}`.trim().split(/ +/);
const ofGit = `${changingNames}show log diff grep config`.trim().split(/ +/);
const names = [...new Set([...everyday, ...rare, ...ofGit.map((name) => `git ${name}`)])];

const time = (command: string): number => {
  const start = performance.now();
  analyze(command);
  return performance.now() - start;
};
let slowest = { took: 0, command: '' };
for (const name of names) {
  for (const place of places) {
    for (const unit of units) {
      const command = place(name, `'${unit.repeat(length / unit.length)}x'`);
      if (time(command) <= slowest.took) continue;
      const took = Math.min(time(command), time(command), time(command));
      if (took > slowest.took) slowest = { took, command: place(name, JSON.stringify(`${unit}…`)) };
    }
  }
}
console.log(JSON.stringify({ ...slowest, count: names.length * places.length * units.length }));
