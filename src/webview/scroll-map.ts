/** How a list of rows lies in a scrollable element. */
export interface ScrollGeometry {
  readonly rows: number;
  readonly rowHeight: number;
  /** Height of what is in sight, in pixels. */
  readonly viewport: number;
}

/** Browsers cut elements off at about 33 million pixels, Firefox at 17.8: beyond this the scroll bar stands for more than it is long. */
export const tallestElement = 16_000_000;

/** Height in pixels that the scrolled element gets. */
export function scrollHeight({ rows, rowHeight }: ScrollGeometry): number {
  return Math.min(rows * rowHeight, tallestElement);
}

/** What is in sight: the first row, also a part of one, and where its top lies below the top of the viewport (zero or less). */
export interface Sight {
  readonly first: number;
  readonly offset: number;
}

/** What is in sight at a place of the scroll bar. Exact where all rows have room in the element, proportional where they have not. */
export function sightAt(geometry: ScrollGeometry, scrollTop: number): Sight {
  const { rows, rowHeight, viewport } = geometry;
  const real = rows * rowHeight;
  const tall = scrollHeight(geometry);
  const most = Math.max(0, tall - viewport);
  const top = Math.min(Math.max(0, scrollTop), most);
  const position = real <= tall || most === 0 ? top : (top / most) * (real - viewport);
  const first = Math.min(Math.max(0, rows - 1), Math.floor(position / rowHeight));
  return { first, offset: first * rowHeight - position };
}

/** Where the scroll bar must stand so that `row` is at the top of the viewport, or as near to it as the end allows. */
export function scrollTopOf(geometry: ScrollGeometry, row: number): number {
  const { rows, rowHeight, viewport } = geometry;
  const real = rows * rowHeight;
  const tall = scrollHeight(geometry);
  const most = Math.max(0, tall - viewport);
  const position = Math.max(0, row * rowHeight);
  if (real <= tall) return Math.min(position, most);
  return Math.min(most, (position / (real - viewport)) * most);
}

/** Where to scroll so that `row` is wholly in sight, moving as little as possible; `undefined` where it is already. */
export function reveal(geometry: ScrollGeometry, scrollTop: number, row: number): number | undefined {
  const { rowHeight, viewport } = geometry;
  const { first, offset } = sightAt(geometry, scrollTop);
  const top = (row - first) * rowHeight + offset;
  if (top < 0) return scrollTopOf(geometry, row);
  const below = top + rowHeight - viewport;
  if (below <= 0) return undefined;
  return scrollTopOf(geometry, row + 1 - viewport / rowHeight);
}
