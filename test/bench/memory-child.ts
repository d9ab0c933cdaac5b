import { analyze, short } from './everyday-commands.ts';

// Prints the resident set, in bytes, of a process that has analysed 20,000 different commands and nothing else.
for (let i = 0; i < 20_000; i++) analyze(`${short[i % short.length]} file-${i}.txt && echo ${i} > out-${i}`);
console.log(process.memoryUsage.rss());
