import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { type Surroundings, watchingEnvironment, writeShims } from '../../src/terminal/surroundings.ts';
import { makeRoom, type Room } from './room.ts';

const root = join(import.meta.dirname, '..', '..');

function surroundings({ home }: Room): Surroundings {
  const found = {
    media: join(root, 'media', 'terminal'),
    shims: join(home, 'shims'),
    node: process.execPath,
    decider: join(root, 'src', 'terminal.ts'),
    runtime: join(home, 'run'),
  };
  writeShims(found);
  return found;
}

const denied = /agent-policy: A force push/;

/** Typed lines that would push with force, and what must not be seen after them. */
const forced: Readonly<Record<'bash' | 'zsh' | 'fish', readonly string[]>> = {
  bash: [
    'git push --force origin HEAD:main; touch ran',
    'f=--force; git push $f origin HEAD:main && touch ran',
    'gp() { git push -f origin HEAD:main; touch ran; }; gp',
    'forced && touch ran',
    '(git push -f origin HEAD:main; touch ran)',
    'echo x | git push -f origin HEAD:main | cat; touch ran',
    'while :; do git push -f origin HEAD:main; touch ran; done',
    'git push -f origin HEAD:main & wait',
    'bash -c "git push -f origin HEAD:main; touch ran"',
    'eval "git push -f origin HEAD:main"; touch ran',
    '  git push \\\n  --force origin HEAD:main',
    'bash <<X\ngit push -f origin HEAD:main\nX',
    'trap - DEBUG; git push -f origin HEAD:main',
    'bash --norc -c "git push -f origin HEAD:main"',
    'bash\ngit push -f origin HEAD:main\nexit',
    './through',
  ],
  zsh: [
    'git push --force origin HEAD:main; touch ran',
    'f=--force; git push $f origin HEAD:main && touch ran',
    'gp() { git push -f origin HEAD:main; touch ran; }; gp',
    'forced && touch ran',
    '(git push -f origin HEAD:main; touch ran)',
    'echo x | git push -f origin HEAD:main | cat; touch ran',
    'zsh -c "git push -f origin HEAD:main; touch ran"',
    'unfunction TRAPDEBUG; git push -f origin HEAD:main',
    './through',
  ],
  fish: [
    'git push --force origin HEAD:main; touch ran',
    'set f --force; git push $f origin HEAD:main; and touch ran',
    'begin; git push -f origin HEAD:main; touch ran; end',
    'fish -c "git push -f origin HEAD:main; touch ran"',
    'if true; git push -f origin HEAD:main; end; touch ran',
    './through',
  ],
};

describe('guarded shells', function () {
  this.timeout(120_000);
  let room: Room;
  before(() => {
    room = makeRoom();
    // No shell of ours runs this and its text says nothing: only the stand-in for git sees what it starts.
    writeFileSync(join(room.work, 'through'), '#!/usr/bin/awk -f\nBEGIN { system("g" "it push -f origin HEAD:main && touch ran") }\n', {
      mode: 0o755,
    });
  });
  after(() => room.remove());

  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    it(`${shell}: no force push reaches the remote, however it is typed`, () => {
      const seen = room.typed(forced[shell], ['--shell', shell]);
      assert.ok(room.isRemoteWhole(), seen);
      assert.ok(!existsSync(join(room.work, 'ran')), seen);
      assert.ok(seen.split('agent-policy: ').length > forced[shell].length, seen);
    });

    it(`${shell}: a program or script that is started without a terminal is decided, too`, () => {
      const result = room.terminal(['--', shell, '-c', 'git push -f origin HEAD:main; touch ran']);
      assert.match(result.err, denied);
      assert.notEqual(result.code, 0);
      writeFileSync(join(room.work, 'script'), 'git push -f origin HEAD:main\ntouch ran\n');
      const script = room.terminal(['--', shell, 'script']);
      assert.match(script.err, denied);
      assert.notEqual(script.code, 0);
      assert.ok(room.isRemoteWhole());
      assert.ok(!existsSync(join(room.work, 'ran')));
    });
  }

  it('bash: what is harmless runs as it would without the guard', () => {
    const seen = room.typed(
      [
        'echo "[$OWN]"',
        '(exit 7)',
        'echo "code=$?"',
        'git push -f',
        'echo "denied=$?"',
        'false | true | false',
        'echo "pipe=${PIPESTATUS[*]}"',
        'true last-word',
        'echo "word=$_"',
        'for i in 1 2 3; do echo "n$i"; done | tail -1',
        'cat <<X\nhere git push --force\nX',
        'sleep 0.1 & wait $!; echo "job=$?"',
        'set -e; f() { false || true; }; f; echo still; set +e',
        ' echo not-kept',
        'echo kept; echo kept',
        'history 3',
        'echo "a # comment" # of ours',
        'read -r x <<< "typed"; echo "x=$x"',
      ],
      ['--shell', 'bash'],
    );
    const lines = seen.split('\n');
    for (const line of [
      '[rc]',
      'code=7',
      'denied=130',
      'pipe=1 0 1',
      'word=last-word',
      'n3',
      'here git push --force',
      'job=0',
      'still',
      'x=typed',
      'a # comment',
    ])
      assert.ok(lines.includes(line), `${line}\n${seen}`);
    assert.doesNotMatch(seen, /^ +\d+ +echo not-kept/m);
  });

  it('zsh: what is harmless runs as it would without the guard', () => {
    const seen = room.typed(
      [
        'echo "[$OWN$OWNENV]"',
        '(exit 7)',
        'echo "code=$?"',
        'false | true | false',
        'echo "pipe=$pipestatus"',
        'for i in 1 2; do echo "n$i"; done | tail -1',
        'echo "dir=${ZDOTDIR-none}"',
      ],
      ['--shell', 'zsh'],
    );
    for (const line of ['[rczshenv]', 'code=7', 'pipe=1 0 1', 'n2', 'dir=none'])
      assert.ok(seen.split('\n').includes(line), `${line}\n${seen}`);
  });

  it('fish: what is harmless runs as it would without the guard', () => {
    const seen = room.typed(
      ['echo "[$OWN]"', 'false', 'echo "code=$status"', 'for i in 1 2\necho n$i\nend', 'echo (echo inner)'],
      ['--shell', 'fish'],
    );
    for (const line of ['[rc]', 'code=1', 'n2', 'inner']) assert.ok(seen.includes(line), `${line}\n${seen}`);
  });

  it('a script keeps its exit code, and nothing is added to what it says', () => {
    const fine = room.terminal(['--', 'bash', '-c', 'set -e; x=$(echo a | tr a b); [ "$x" = b ]; exit 9']);
    assert.deepEqual([fine.code, fine.err], [9, '']);
  });

  it('what comes to a shell through a pipe is not run unseen', () => {
    const { code, err } = room.terminal(['--', 'awk', 'BEGIN { print "echo hello > made" | "sh" }']);
    assert.match(err, /cannot be known|Agent Policy/);
    assert.ok(!existsSync(join(room.work, 'made')), String(code));
  });

  it('when the decider is gone it is started once more, and then only what is harmless runs', () => {
    // awk's text says nothing of it.
    const kill = 'for f in ~/.local/state/agent-policy/run/*/pid; do read p < $f; ki""ll -9 $p; done';
    writeFileSync(join(room.work, 'accident'), `#!/usr/bin/awk -f\nBEGIN { system("${kill.replaceAll('""', '" "')}") }\n`, { mode: 0o755 });
    const seen = room.typed(
      ['echo first', './accident', 'echo second > made-2', 'echo third $(cat made-2)', './accident', 'touch made-3', 'echo fourth'],
      ['--shell', 'bash'],
    );
    assert.match(seen, /third second/);
    assert.match(seen, /Agent Policy cannot run here/);
    assert.match(seen, /^fourth$/m);
    assert.ok(!existsSync(join(room.work, 'made-3')));
  });

  for (const [shell, program, state] of [
    ['bash', ['bash', '-i'], 'trap -p DEBUG; env | grep -c AGENT_POLICY; echo "[$PROMPT_COMMAND][$PATH][$BASH_ENV]"; declare -F'],
    [
      'zsh',
      ['zsh', '-i'],
      'env | grep -c AGENT_POLICY; echo "[$PATH][$BASH_ENV]"; whence -w TRAPDEBUG; echo ${precmd_functions}${preexec_functions}',
    ],
    ['fish', ['fish', '-i'], 'env | grep -c AGENT_POLICY; echo "[$BASH_ENV]"; functions -a | grep agent_policy; bind | grep agent_policy'],
  ] as const) {
    it(`${shell}: in an editor, a terminal of an agent is guarded and a person’s own is left alone`, () => {
      const env = watchingEnvironment(surroundings(room), room.env);
      const own = room.typedInto(program, [state, 'git push -n -f origin HEAD:main'], env);
      const lines = own.split('\n');
      assert.ok(lines.includes('0') && own.includes('forced update'), own);
      assert.doesNotMatch(own, /__agent_policy|agent-policy:|AGENT_POLICY_START:/);
      assert.doesNotMatch(own, /\/shims/);
      const agents = room.typedInto(program, ['git push -f origin HEAD:main', 'echo "own=$OWN"'], {
        ...env,
        AI_AGENT: 'github_copilot_vscode_agent',
      });
      assert.match(agents, denied);
      assert.match(agents, /own=rc/);
      assert.ok(room.isRemoteWhole());
    });
  }

  it('every line is recorded', () => {
    const log = readFileSync(join(room.home, '.local/state/agent-policy/audit', 'audit-000001.jsonl'), 'utf8');
    assert.match(log, /"native_tool":"terminal line"/);
  });
});
