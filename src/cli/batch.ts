import type { Io } from './command.ts';

/** Longest line that is read, in UTF-16 code units: larger than any tool call, small enough for memory. */
const maxLine = 16 * 1024 * 1024;

/** What one line is turned into; a text is what is wrong with the line. */
export type LineHandler = (value: Readonly<Record<string, unknown>>) => object | string;

/**
 * Reads JSON lines from standard input and writes one JSON line for each that is not blank, in order. All complete lines of
 * what has arrived are answered together, so a peer that waits for each answer gets it at once and one that sends many at once
 * pays for few writes. A line that is no JSON object is answered with `{"id":null,"error":…}`; nothing a line holds ends the run.
 */
export async function batch(io: Io, handle: LineHandler): Promise<void> {
  let number = 0;
  let rest = '';
  let isTooLong = false;
  const answer = (line: string): string => {
    number += 1;
    return line.trim() === '' ? '' : `${JSON.stringify(answerTo(line, number, handle))}\n`;
  };
  const tooLong = (): string => {
    number += 1;
    return `${JSON.stringify({ id: null, error: `line ${number}: longer than ${maxLine} characters` })}\n`;
  };
  io.stdin.setEncoding('utf8');
  for await (const chunk of io.stdin) {
    const text = String(chunk);
    let output = '';
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      output += isTooLong ? tooLong() : answer(rest + text.slice(start, end));
      rest = '';
      isTooLong = false;
      start = end + 1;
    }
    if (!isTooLong) rest += text.slice(start);
    if (rest.length > maxLine) {
      isTooLong = true;
      rest = '';
    }
    if (output !== '') await io.out(output);
  }
  if (isTooLong) await io.out(tooLong());
  else if (rest !== '') await io.out(answer(rest));
}

function answerTo(line: string, number: number, handle: LineHandler): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { id: null, error: `line ${number}: not JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { id: null, error: `line ${number}: must be an object, but is ${Array.isArray(value) ? 'a list' : String(value).slice(0, 50)}` };
  }
  const record = value as Readonly<Record<string, unknown>>;
  const id = record['id'] ?? null;
  try {
    const result = handle(record);
    return typeof result === 'string' ? { id, error: `line ${number}: ${result}` } : { id, ...result };
  } catch (error) {
    return { id, error: `line ${number}: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown failure'}` };
  }
}
