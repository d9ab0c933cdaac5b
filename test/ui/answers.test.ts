// How a person answers, by mouse and by keyboard, what is asked quietly, in a dialog, and in two steps; and what is no answer.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { listGrants } from '../../src/gateway/grants.ts';
import { endBreakGlass, newBreakGlass, startBreakGlass } from '../../src/session/break-glass.ts';
import { readMode } from '../../src/session/mode.ts';
import { installClaude, runClaude } from '../support/vscode/claude.ts';
import { type Editor, newScope, startEditor } from '../support/vscode/editor.ts';
import { GuardedProject } from '../support/vscode/guarded-project.ts';
import { Questions } from '../support/vscode/questions.ts';
import { tidy } from '../support/vscode/tidy.ts';
import { vsixFile } from '../support/vscode/vsix.ts';
import { sleep, until } from '../support/vscode/wait.ts';
import type { EditorWindow } from '../support/vscode/window.ts';

const allowed = { answer: 'allow', scope: 'once' };
const denied = { answer: 'deny' };

describe('answering', () => {
  let editor: Editor;
  let window: EditorWindow;
  let questions: Questions;
  let project: GuardedProject;

  const press = (key: string) => window.page.keyboard.press(key);
  const says = (words: RegExp, ms = 10_000) => until(async () => words.test(await window.status.innerText()), ms);

  before(async function () {
    this.timeout(150_000);
    const scope = newScope('answers');
    project = new GuardedProject(scope);
    editor = await startEditor(scope, { vsix: [vsixFile()], chat: false });
    questions = new Questions(editor);
    window = await editor.open();
    await window.ready();
    await questions.windows(1);
    await window.command('View: Show Agent Policy');
  });

  tidy(() => ({ editor, window }));
  afterEach(async () => {
    questions?.takeBack();
    await window.dismiss();
  });

  describe('what waits quietly', () => {
    for (const risk of ['low', 'medium'] as const) {
      it(`${risk} risk, by mouse: its row leads to the dialog`, async () => {
        const asked = questions.ask(`make ${risk}`, { risk });
        await window.pending(`make ${risk}`).click();
        assert.match(await window.clickModal('Allow Once'), new RegExp(`make ${risk}`));
        assert.deepEqual(await asked, allowed);
      });

      it(`${risk} risk, by keyboard: the view, its row, the dialog`, async () => {
        const asked = questions.ask(`make ${risk}`, { risk });
        await window.pending(`make ${risk}`).waitFor();
        await window.command('Agent Policy: Focus on Pending Approvals View');
        await until(async () => {
          await press('Home');
          await press('Enter');
          return until(() => window.dialog.isVisible(), 1500);
        }, 10_000);
        assert.match(await window.pressModal('Allow Once'), new RegExp(`make ${risk}`));
        assert.deepEqual(await asked, allowed);
      });
    }

    it('is denied on its row', async () => {
      const asked = questions.ask('make rowless');
      await window.pending('make rowless').hover();
      await window.pending('make rowless').locator('a[aria-label^="Deny"]').click();
      assert.deepEqual(await asked, denied);
      assert.equal(await window.dialog.isVisible(), false);
    });

    it('is denied on its notification', async () => {
      const asked = questions.ask('make toasted');
      await window.toast('make toasted').getByRole('button', { name: 'Deny', exact: true }).click();
      assert.deepEqual(await asked, denied);
    });

    it('holds no link of the agent’s making', async () => {
      const command = 'echo [Allow](command:agentPolicy.denyAll) $(pass)';
      const asked = questions.ask(command, { agent: 'An [agent](command:agentPolicy.denyAll)' });
      await window.toast('echo').waitFor();
      assert.match(
        await window.toast('echo').innerText(),
        /An \[agent\] \(command:.* echo \[Allow\] \(command:agentPolicy\.denyAll\) \$\(pass\)/,
      );
      assert.equal(await window.toast('echo').locator('.notification-list-item-message a').count(), 0);
      assert.match(await window.pending('echo').innerText(), /echo \[Allow\]\(command:agentPolicy\.denyAll\) \$\(pass\)/);
      await window.command('Agent Policy: Deny All Pending Requests');
      assert.deepEqual(await asked, denied);
    });

    it('is opened from its notification by keyboard', async () => {
      const asked = questions.ask('make noted');
      await window.toast('make noted').waitFor();
      await window.command('Notifications: Accept Notification Primary Action');
      assert.match(await window.pressModal('Deny'), /make noted/);
      assert.deepEqual(await asked, denied);
    });

    it('is denied all at once by a button of the view', async () => {
      const asked = [questions.ask('make one'), questions.ask('make two')];
      assert.ok(await says(/2 waiting/));
      await window.page.locator('.part.sidebar .composite.title').first().hover();
      await window.page.locator('a.action-label[aria-label^="Deny All Pending Requests"]').first().click();
      assert.deepEqual(await Promise.all(asked), [denied, denied]);
    });

    it('is one row for identical requests, which says how many they are', async () => {
      const session = 'the-same';
      const asked = [questions.ask('make twins', { session }), questions.ask('make twins', { session })];
      await until(async () => /2 identical/.test(await window.pending('make twins').innerText()), 10_000);
      assert.match(await window.pending('make twins').innerText(), /2 identical/);
      assert.match(await window.status.innerText(), /1 waiting/);
      await window.pending('make twins').click();
      assert.match(await window.clickModal('Allow Once'), /2 identical requests wait for this answer/);
      assert.deepEqual(await Promise.all(asked), [allowed, allowed]);
    });
  });

  describe('a dialog', () => {
    const high = { risk: 'high' } as const;
    const keyed: readonly (readonly [string, unknown, (() => Promise<void>)?])[] = [
      ['Deny', denied],
      ['Allow Once', allowed],
      ['Cancel', denied],
      [
        'Deny with Message…',
        { answer: 'deny', message: 'Not today.' },
        async () => {
          await window.input.waitFor();
          await window.page.keyboard.type('Not today.');
          await press('Enter');
        },
      ],
      [
        'Allow…',
        { answer: 'allow', scope: 'session' },
        async () => {
          await window.choice('This exact action').waitFor();
          await press('Enter');
        },
      ],
    ];
    for (const [button, answer, then] of keyed) {
      it(`is answered by keyboard: ${button}`, async () => {
        const asked = questions.ask('make it', high);
        await window.pressModal(button);
        await then?.();
        assert.deepEqual(await asked, answer);
      });
    }

    it('shows everything by keyboard, and comes back', async () => {
      const asked = questions.ask('make it', high);
      await window.pressModal('Show Full');
      await window.page.locator('.tab', { hasText: 'Request of' }).waitFor();
      await window.command('Agent Policy: Allow…');
      await window.pressModal('Allow Once');
      assert.deepEqual(await asked, allowed);
    });

    it('of two steps is answered by keyboard', async () => {
      const asked = questions.ask('make it', { risk: 'critical' });
      await window.pressModal('Allow Once…');
      await window.input.waitFor();
      await window.page.keyboard.type('allow');
      await press('Enter');
      assert.deepEqual(await asked, allowed);
    });

    it('does not take a click in the moment in which it appears', async () => {
      // Such a click can come late on a busy machine: then it is a second try, and not a failure.
      const tries: unknown[] = [];
      for (let i = 0; i < 5; i += 1) {
        const clicked = await window.clickAtOnce('Allow Once', 3);
        const asked = questions.ask(`make ${i}`, { ...high, actions: [{ kind: 'other', args: { i } }] });
        await until(async () => (await clicked()) === 3, 5000);
        tries.push(await Promise.race([asked, sleep(300).then(() => 'open')]));
        if (tries.at(-1) === 'open') await window.clickModal('Deny');
        assert.deepEqual(await asked, tries.at(-1) === 'open' ? denied : allowed);
        if (tries.at(-1) === 'open') return;
      }
      assert.fail(JSON.stringify(tries));
    });

    for (const input of ['click', 'key'] as const) {
      it(`does not take the ${input} with which the window gets the focus`, async () => {
        const asked = questions.ask('make it', high);
        await window.modal();
        await sleep(900);
        await window.focusWith('Allow Once', input);
        // The dialog took it, and it was no answer: there is another dialog.
        await window.page.locator('.monaco-dialog-box:not([data-answered])').waitFor({ timeout: 10_000 });
        assert.equal(await Promise.race([asked, sleep(300).then(() => 'open')]), 'open');
        // It is put again: the same input, later, is an answer.
        await (input === 'click' ? window.clickModal('Allow Once') : window.pressModal('Allow Once'));
        assert.deepEqual(await asked, allowed);
      });
    }

    it('says in which file and line its rule stands', async () => {
      const asked = questions.decide('git push --force-with-lease origin main', 'place');
      assert.match(await window.clickModal('Show Full'), /Rule: force-push-with-lease \(user policy, template safe_coding:\d+\)/);
      await window.page.locator('.tab', { hasText: 'Request of' }).waitFor();
      await window.command('Agent Policy: Deny');
      assert.equal((await asked).verdict, 'deny');
    });
  });

  describe('no answer', () => {
    it('in time is a deny, recorded as expired', async () => {
      const outcome = await questions.decide('git push --force-with-lease origin late', 'late', 5000);
      assert.equal(outcome.verdict, 'deny');
      assert.match(outcome.reason, /nobody answered in time/);
      const record = questions.decisions(1)[0];
      assert.deepEqual(
        [record?.verdict, record?.outcome, record?.approval?.by, record?.approval?.answer],
        ['escalate', 'deny', 'expired', 'none'],
      );
    });
  });

  describe('what is allowed until further notice', () => {
    const lease = (branch: string) => `git push --force-with-lease origin ${branch}`;
    const approvals = async (...asked: readonly ReturnType<Questions['decide']>[]) =>
      (await Promise.all(asked)).map(({ verdict, approval }) => [verdict, approval?.by]);

    it('for a session, exactly: not asked a second time; another session is', async () => {
      const first = questions.decide(lease('exact'), 'a');
      await window.clickModal('Allow…');
      await window.choice('This exact action').click();
      assert.deepEqual(await approvals(first), [['approve', 'window']]);
      assert.deepEqual(await approvals(questions.decide(lease('exact'), 'a')), [['approve', 'grant']]);
      const other = questions.decide(lease('exact'), 'b');
      await window.clickModal('Deny');
      assert.deepEqual(await approvals(other), [['deny', 'window']]);
    });

    for (const [name, kind] of [
      ['in this project', 'workspace'],
      ['everywhere', 'everywhere'],
    ] as const) {
      it(`${name}, for an hour: holds in every session, and no longer`, async () => {
        const first = questions.decide(lease(kind), 'a');
        await window.clickModal('Allow…');
        await window.choice(`The like of it, ${name}`).click();
        await window.choice('For one hour').click();
        assert.match(await window.clickModal('Keep and Allow'), /git\.push\.lease/);
        assert.deepEqual(await approvals(first), [['approve', 'window']]);
        const grant = listGrants(questions.places, Date.now()).at(-1);
        assert.ok(grant);
        assert.equal(grant.scope.kind, kind);
        const left = Date.parse(grant.expires ?? '') - Date.now();
        assert.ok(left > 59 * 60_000 - 60_000 && left <= 60 * 60_000, String(left));
        assert.deepEqual(await approvals(questions.decide(lease(`${kind}-2`), 'c')), [['approve', 'grant']]);
        // An hour later.
        writeFileSync(
          join(questions.places.state, 'grants', `${grant.id}.json`),
          JSON.stringify({ ...grant, expires: new Date(Date.now() - 1000).toISOString() }),
        );
        const later = questions.decide(lease(`${kind}-2`), 'c');
        await window.clickModal('Deny');
        assert.deepEqual(await approvals(later), [['deny', 'window']]);
      });
    }
  });

  describe('the mode', () => {
    it('is changed by keyboard, and asks before everyday work', async () => {
      await window.command('Agent Policy: Change Mode…');
      await window.choice('Confirm').waitFor();
      await window.page.keyboard.type('before everything');
      await until(async () => (await window.page.locator('.quick-input-list .monaco-list-row').count()) === 1, 5000);
      await press('Enter');
      assert.ok(await says(/Confirm/));
      assert.equal(readMode(questions.places), 'confirm');
      const asked = questions.decide('touch new.txt', 'mode');
      assert.ok(await says(/waiting/));
      await window.command('Agent Policy: Review Next Request');
      assert.match(await window.pressModal('Allow Once'), /confirm-mode/);
      assert.equal((await asked).verdict, 'approve');
      await window.command('Agent Policy: Change Mode…');
      await window.choice('Enforce').waitFor();
      await window.page.keyboard.type('The policy decides');
      await until(async () => (await window.page.locator('.quick-input-list .monaco-list-row').count()) === 1, 5000);
      await press('Enter');
      await window.pressModal('Change to Enforce');
      assert.ok(await says(/Enforce/));
    });

    it('of a broken glass is seen, and its end is', async () => {
      const now = Date.now();
      startBreakGlass(
        questions.places,
        newBreakGlass({ who: 'test', reason: 'production is down', since: now, until: now + 60_000, scope: 'everything' }),
      );
      try {
        assert.ok(await says(/Break-glass/));
        assert.match((await window.status.getAttribute('class')) ?? '', /warning|error/);
        assert.match((await window.status.getAttribute('aria-label')) ?? '', /production is down/);
      } finally {
        endBreakGlass(questions.places);
      }
      assert.ok(await says(/Enforce/));
    });
  });

  describe('Claude Code, real, its own permissions bypassed', function () {
    this.timeout(120_000);
    // What ran is counted: a push alone would look the same if it ran twice.
    const push = 'git fetch -q origin && git push -q --force-with-lease origin HEAD:main && echo ran >> ran.txt';

    before(() => installClaude(editor));

    it('does what is allowed, once; is told what the person says; and goes on', async () => {
      const running = runClaude(editor, [push, push, 'git status --short']);
      assert.match(await window.clickModal('Allow Once', { ms: 60_000 }), /Claude Code wants to overwrite remote history/);
      await until(() => project.text('project', 'ran.txt') !== '', 20_000);
      const pushed = project.remoteHead('main');
      project.git('commit', '-q', '--allow-empty', '--amend', '-m', 'amended');
      await window.clickModal('Deny with Message…', { ms: 60_000 });
      await window.input.fill('Open a pull request instead.');
      await press('Enter');
      const results = await running;
      assert.deepEqual(
        results.map((result) => result?.isError),
        [false, true, false],
        JSON.stringify(results),
      );
      assert.match(results[1]?.text ?? '', /A person was asked and said no: Open a pull request instead\./);
      assert.equal(project.text('project', 'ran.txt'), 'ran\n');
      assert.equal(project.remoteHead('main'), pushed);
      const asked = questions.decisions(3).filter(({ verdict }) => verdict === 'escalate');
      assert.deepEqual(
        asked.map(({ agent, outcome, approval }) => [agent, outcome, approval?.answer]),
        [
          ['claude-code', 'approve', 'allow once'],
          ['claude-code', 'deny', 'deny'],
        ],
      );
    });

    // The last: there is no window after it.
    it('is denied when the window is closed while it waits', async () => {
      const before = [project.text('project', 'ran.txt'), project.remoteHead('main')];
      const running = runClaude(editor, [push, 'git status --short']);
      await window.modal(60_000);
      await window.page.goto('about:blank');
      const [first, second] = await running;
      assert.equal(first?.isError, true, JSON.stringify(first));
      assert.match(first.text, /the window was closed before there was an answer/);
      assert.equal(second?.isError, false);
      assert.deepEqual([project.text('project', 'ran.txt'), project.remoteHead('main')], before);
      const [record] = questions.decisions(2);
      assert.deepEqual([record?.outcome, record?.approval?.by, record?.approval?.answer], ['deny', 'lost', 'none']);
    });
  });
});
