import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Engine } from './viewer-engine.ts';
import type { FromWorker, Question, ToWorker, WorkerTask } from './viewer-messages.ts';
import { verifyLog } from './verify.ts';

/** What the thread of the viewer does: it keeps the index over a log, or verifies the log once and ends. */
export function runThread(): void {
  const { task, directory } = workerData as WorkerTask;
  const port = parentPort;
  if (port === null) return;
  switch (task) {
    case 'verify':
      port.postMessage(verifyLog(directory));
      return;
    case 'index':
      serve(port, directory);
  }
}

function serve(port: MessagePort, directory: string): void {
  const say = (message: FromWorker) => port.postMessage(message);
  const engine = new Engine(directory, (state) => say({ type: 'state', state }));
  port.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'filter':
        engine.setFilter(message.filter);
        return;
      case 'question': {
        const { id, question } = message;
        // A question that fails is answered with nothing: nobody waits for ever.
        Promise.resolve()
          .then(() => answer(engine, question))
          .then(
            (value) => say({ type: 'answer', id, value }),
            () => say({ type: 'answer', id, value: undefined }),
          );
      }
    }
  });
}

function answer(engine: Engine, question: Question): unknown {
  switch (question.ask) {
    case 'rows':
      return engine.rows(question.from, question.count);
    case 'detail':
      return engine.detail(question.id);
    case 'summary':
      return engine.summary();
    case 'openExport':
      return engine.openExport(question.format);
    case 'nextPiece':
      return engine.nextPiece(question.number);
    case 'closeExport':
      return engine.closeExport(question.number);
  }
}
