import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { parseJsonc } from '../../../src/agents/install/jsonc.ts';
import { appendTo, removeItems, setMissing } from '../../../src/agents/install/jsonc-edit.ts';

const isOurs = (value: unknown): boolean => value === 'OURS';

/** Texts, and what they become with 'OURS' in the list `hooks.Pre`; taking it out again must give the first text. */
const round: readonly (readonly [name: string, before: string, after: string])[] = [
  ['one line', '{"a": 1}', '{"a": 1,\n  "hooks": {\n    "Pre": [\n      "OURS"\n    ]\n  }\n}'],
  ['indented by two', '{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "hooks": {\n    "Pre": [\n      "OURS"\n    ]\n  }\n}\n'],
  ['tabs, no last line end', '{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"hooks": {\n\t\t"Pre": [\n\t\t\t"OURS"\n\t\t]\n\t}\n}'],
  [
    'CRLF and byte order mark',
    '\ufeff{\r\n    "a": 1\r\n}\r\n',
    '\ufeff{\r\n    "a": 1,\r\n    "hooks": {\r\n        "Pre": [\r\n            "OURS"\r\n        ]\r\n    }\r\n}\r\n',
  ],
  [
    'list with an item',
    '{\n  "hooks": {\n    "Pre": [\n      "x"\n    ]\n  }\n}\n',
    '{\n  "hooks": {\n    "Pre": [\n      "x",\n      "OURS"\n    ]\n  }\n}\n',
  ],
  [
    'comments',
    '// top\n{\n  /* a */ "a": 1, // one\n  "hooks": { // ours are\n    "Pre": [\n      "x" // the x\n      // last\n    ]\n  }\n}\n// end\n',
    '// top\n{\n  /* a */ "a": 1, // one\n  "hooks": { // ours are\n    "Pre": [\n      "x", // the x\n      // last\n      "OURS"\n    ]\n  }\n}\n// end\n',
  ],
];

/** Texts that no agent would read either: what is wrong, and where. */
const broken: readonly (readonly [text: string, problem: string, line: number, column: number])[] = [
  ['', 'it ends too early', 1, 1],
  ['{\n  "a": 1\n', '"," or "}" is expected here', 3, 1],
  ['{\r\n  "a": 1,\r\n  b: 2\r\n}', 'a value is expected here', 3, 3],
  ['{"a" 1}', '":" is expected here', 1, 6],
  ['{"a": 01}', '"," or "}" is expected here', 1, 8],
  ['{"a": "x\ny"}', 'a value is expected here', 1, 7],
  ['{} x', 'there is text after the end', 1, 4],
  ['{1: 2}', 'a name in double quotes is expected here', 1, 2],
  ['[/* open ]', 'a value is expected here', 1, 2],
  ['{"a":'.repeat(300), 'it is nested too deeply', 1, 1002],
];

describe('agents: editing settings', () => {
  for (const [name, before, after] of round) {
    it(`adds and takes away: ${name}`, () => {
      const added = appendTo(before, ['hooks', 'Pre'], 'OURS');
      assert.equal(added, after);
      const removed = removeItems(added, isOurs);
      if (name !== 'one line') assert.equal(removed, before);
      else assert.deepEqual(JSON.parse(removed), JSON.parse(before));
    });
  }

  for (const [text, problem, line, column] of broken) {
    it(`names what is wrong in ${JSON.stringify(text.slice(0, 30))}`, () =>
      assert.deepEqual(parseJsonc(text), { problem, position: { line, column } }));
  }

  it('keeps trailing commas and empty containers in form', () => {
    assert.equal(
      appendTo('{\n  "hooks": {\n    "Pre": [\n      1,\n    ],\n  },\n}', ['hooks', 'Pre'], 2),
      '{\n  "hooks": {\n    "Pre": [\n      1,\n      2\n    ],\n  },\n}',
    );
    assert.equal(appendTo('{}', ['Pre'], 2), '{\n  "Pre": [\n    2\n  ]\n}');
    assert.equal(appendTo('{ /* none yet */ }', ['Pre'], 2), '{ /* none yet */\n  "Pre": [\n    2\n  ]\n}');
    assert.equal(setMissing('{"a": 1}', ['a'], 2), '{"a": 1}');
    assert.equal(setMissing('{\n  "a": 1\n}', ['b'], 2), '{\n  "a": 1,\n  "b": 2\n}');
  });

  it('does not edit what has another form', () => {
    assert.throws(() => appendTo('[]', ['hooks', 'Pre'], 1), /"the whole file" is not an object/);
    assert.throws(() => appendTo('{"hooks": []}', ['hooks', 'Pre'], 1), /"hooks" is not an object/);
    assert.throws(() => appendTo('{"hooks": {"Pre": {}}}', ['hooks', 'Pre'], 1), /"hooks.Pre" is not a list/);
  });

  it('takes only ours, wherever it stands among others', () => {
    assert.deepEqual(JSON.parse(removeItems('{"a": ["OURS", 1, "OURS", 2, "OURS"], "b": [["OURS"]], "c": []}', isOurs)), {
      a: [1, 2],
      c: [],
    });
  });

  it('reads what JSON.stringify writes, and keeps everything else when it adds and removes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1, 2, 4, '\t'), (value, indent) => {
        // Lists and objects that are empty, or a part of the path that has another form, are the other tests' business.
        const object = { ...JSON.parse(JSON.stringify(value)), hooks: { Pre: ['x'] } };
        const text = JSON.stringify(object, undefined, indent);
        const parsed = parseJsonc(text);
        assert.ok('root' in parsed);
        assert.deepEqual(JSON.stringify(parsed.root.value), JSON.stringify(object));
        const added = appendTo(text, ['hooks', 'Pre'], 'OURS');
        assert.deepEqual(JSON.parse(added), { ...object, hooks: { Pre: ['x', 'OURS'] } });
        const removed = removeItems(added, isOurs);
        if (indent === undefined) assert.deepEqual(JSON.parse(removed), object);
        else assert.equal(removed, text);
      }),
      { numRuns: 300 },
    );
  });
});
