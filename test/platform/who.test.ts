import assert from 'node:assert/strict';
import { homedir, hostname, userInfo } from 'node:os';
import { describe, it } from 'mocha';
import { homeOf, hostName, userName } from '../../src/platform/who.ts';

describe('who runs this, and where', () => {
  it('is what the system says', () => {
    assert.equal(hostName(), hostname());
    assert.equal(userName(), userInfo().username);
    assert.equal(homeOf(process.env, process.platform), homedir());
    assert.ok(homeOf({}, process.platform).length > 0);
  });

  it('does not believe the environment about the user', () => {
    const { USER, LOGNAME } = process.env;
    try {
      process.env['USER'] = process.env['LOGNAME'] = 'somebody-else';
      assert.equal(userName(), userInfo().username);
    } finally {
      for (const [name, value] of [
        ['USER', USER],
        ['LOGNAME', LOGNAME],
      ] as const)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
  });
});
