/** A rectangle in a drawing, in its own units. */
export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Room {
  readonly width: number;
  readonly height: number;
}

/** The least round number (1, 2 or 5 times a power of ten) that is at least `value`: where an axis ends. */
export function roundUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 5, 10]) if (step * power >= value) return Math.max(1, step * power);
  return 10 * power;
}

/** Ticks of an axis from zero to `end`, both included: whole numbers, at most five. */
export function ticks(end: number): readonly number[] {
  const count = [4, 5, 2, 1].find((parts) => Number.isInteger(end / parts)) ?? 1;
  return Array.from({ length: count + 1 }, (_, index) => (end / count) * index);
}

/**
 * Bars of a stacked column chart: one list for each column, from the bottom up. A part that is not zero is at least one unit high, so that one
 * denied call among a million approved ones is seen.
 */
export function stackedColumns(columns: readonly (readonly number[])[], room: Room, end: number, gap = 1): readonly (readonly Bar[])[] {
  const slot = columns.length === 0 ? 0 : room.width / columns.length;
  const width = Math.max(1, slot - gap);
  return columns.map((parts, index) => {
    const heights = parts.map((part) => (part > 0 ? Math.max(1, (part / end) * room.height) : 0));
    const sum = heights.reduce((total, height) => total + height, 0);
    const scale = sum > room.height ? room.height / sum : 1;
    let y = room.height;
    return heights.map((height) => {
      y -= height * scale;
      return { x: index * slot, y, width, height: height * scale };
    });
  });
}

/** Widths of the parts of one horizontal bar of at most `width`; the longest of all bars stands for `end`. Parts that are not zero stay visible. */
export function stackedRow(
  parts: readonly number[],
  width: number,
  end: number,
): readonly { readonly x: number; readonly width: number }[] {
  const widths = parts.map((part) => (part > 0 ? Math.max(2, (part / end) * width) : 0));
  const sum = widths.reduce((total, one) => total + one, 0);
  const scale = sum > width ? width / sum : 1;
  let x = 0;
  return widths.map((one) => {
    const bar = { x, width: one * scale };
    x += one * scale;
    return bar;
  });
}

/** The column at a place in a drawing of `columns` columns, or `undefined` outside. */
export function columnAt(x: number, width: number, columns: number): number | undefined {
  if (columns === 0 || x < 0 || x >= width) return undefined;
  return Math.min(columns - 1, Math.floor((x / width) * columns));
}
