import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { homedir } from 'node:os';
import { ProgressLocation, Uri, commands, window, workspace } from 'vscode';
import type { AuditIndex, ExportFormat } from '../../model/viewer.ts';
import { t } from '../translate.ts';

/** Asks where to, and writes the lines that pass the filter there. Says how it ended. */
export async function exportLog(index: AuditIndex, format: ExportFormat): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri ?? Uri.file(homedir());
  const target = await window.showSaveDialog({
    title: t('Export the Audit Log'),
    saveLabel: t('Export'),
    defaultUri: Uri.joinPath(folder, `agent-policy-audit-${day}.${format}`),
    filters: format === 'json' ? { JSON: ['json'] } : { CSV: ['csv'] },
  });
  if (!target) return;
  try {
    const count = await window.withProgress(
      { location: ProgressLocation.Notification, title: t('Exporting the audit log…'), cancellable: true },
      (_, token) => {
        const sink = (text: string, write: (text: string) => void | Promise<void>): void | Promise<void> => {
          if (token.isCancellationRequested) throw new Error('cancelled');
          return write(text);
        };
        return target.scheme === 'file' ? exportToFile(index, format, target.fsPath, sink) : exportToPlace(index, format, target, sink);
      },
    );
    if (count === undefined) {
      void window.showWarningMessage(t('The audit log was not exported.'));
      return;
    }
    const open = t('Open');
    const answer = await window.showInformationMessage(t('Exported {0} records to {1}.', count, target.path), open);
    if (answer === open) await commands.executeCommand('vscode.open', target);
  } catch (error) {
    void window.showErrorMessage(t('The audit log could not be exported: {0}', error instanceof Error ? error.message : String(error)));
  }
}

type Guarded = (text: string, write: (text: string) => void | Promise<void>) => void | Promise<void>;

/** Streams into a file beside the target, which takes its place when all is written: what was there stays where something goes wrong. */
async function exportToFile(index: AuditIndex, format: ExportFormat, file: string, guarded: Guarded): Promise<number | undefined> {
  const partial = `${file}.${process.pid}.partial`;
  // Only its owner may read the log.
  const stream = createWriteStream(partial, { mode: 0o600, flags: 'wx' });
  try {
    await once(stream, 'open');
    const count = await index.exportTo(format, (text) =>
      guarded(text, async (piece) => {
        if (!stream.write(piece)) await once(stream, 'drain');
      }),
    );
    stream.end();
    await finished(stream);
    if (count === undefined) await rm(partial, { force: true });
    else await rename(partial, file);
    return count;
  } catch (error) {
    stream.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}

/** For places that only the editor can write to. */
async function exportToPlace(index: AuditIndex, format: ExportFormat, target: Uri, guarded: Guarded): Promise<number | undefined> {
  const pieces: Buffer[] = [];
  const count = await index.exportTo(format, (text) =>
    guarded(text, (piece) => {
      pieces.push(Buffer.from(piece));
    }),
  );
  if (count !== undefined) await workspace.fs.writeFile(target, Buffer.concat(pieces));
  return count;
}
