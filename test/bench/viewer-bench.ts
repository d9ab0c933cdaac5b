import type { Page } from 'playwright-core';
import { MemoryIndex } from '../ui/memory-index.ts';
import { launch, openPage } from '../ui/page.ts';
import { type Figure, median } from './statistics.ts';

const records = 1_000_000;
const runs = 5;

/** The audit viewer's page over a million records: what a person waits for. Its index is measured apart, see long-log-bench.ts. */
export async function benchViewer(): Promise<readonly Figure[]> {
  const browser = await launch();
  try {
    const first: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const { page, close } = await openPage(browser, new MemoryIndex(records), 'vscode-dark');
      await page.locator('.sight .row .subject').first().waitFor();
      first.push(await drawnAfter(page));
      await close();
    }
    const { page, close } = await openPage(browser, new MemoryIndex(records), 'vscode-dark');
    await page.locator('.sight .row .subject').first().waitFor();
    const { frames, heap } = await scrolled(page);
    await close();
    const figure = (what: string, how: string, value: number, unit: string, budget: number): Figure => ({
      what: `viewer page, 1,000,000 rows: ${what}`,
      how,
      value,
      unit,
      budget,
      best: 'low',
    });
    return [
      figure('first rows', `from loading the page, median of ${runs}`, median(first), 'ms', 1000),
      figure('a frame while scrolling', `95 % of ${frames.length} frames, wheel steps and jumps`, percentile(frames, 0.95), 'ms', 50),
      figure('memory of the page', 'heap after scrolling', heap / 1_048_576, 'MiB', 100),
    ];
  } finally {
    await browser.close();
  }
}

/** Milliseconds from the beginning of loading until rows are drawn. */
function drawnAfter(page: Page): Promise<number> {
  return page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())))`) as Promise<number>;
}

async function scrolled(page: Page): Promise<{ readonly frames: readonly number[]; readonly heap: number }> {
  const frames = (await page.evaluate(`(async () => {
    const scroller = document.querySelector('.scroller');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const frames = [];
    let last = await frame();
    for (let step = 0; step < 300; step += 1) {
      scroller.scrollTop += step % 30 === 29 ? 500_000 : 120;
      const now = await frame();
      frames.push(now - last);
      last = now;
    }
    return frames;
  })()`)) as readonly number[];
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { frames, heap: usedSize };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
