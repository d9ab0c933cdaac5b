import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { runHostTests } from '../support/vscode/host-tests.ts';
import { vsixFile } from '../support/vscode/vsix.ts';

describe('inside the extension host', () => {
  it('all tests of test/vscode/host pass', async function () {
    this.timeout(310_000);
    const { code, output } = await runHostTests(vsixFile(), 280_000);
    console.log(output.replace(/^/gm, '      '));
    assert.equal(code, 0, code === undefined ? 'the extension host did not end' : 'tests failed in the extension host');
  });
});
