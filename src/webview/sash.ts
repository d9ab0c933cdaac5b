import { element, setAttributes } from './dom.ts';

/** Where the detail has room beside the list, and not below it. */
export type Side = 'right' | 'bottom';

const least = 20;
const most = 75;
const step = 4;

/** The line between list and detail, which is moved by mouse and by keyboard. The share of the detail is in percent. */
export class Sash {
  readonly root: HTMLElement;
  readonly #onMove: (share: number) => void;
  #share: number;
  #side: Side = 'right';

  constructor(label: string, controls: string, share: number, onMove: (share: number) => void) {
    this.#onMove = onMove;
    this.#share = clamp(share);
    this.root = element('div', {
      class: 'sash',
      role: 'separator',
      tabindex: 0,
      'aria-label': label,
      'aria-controls': controls,
      'aria-valuemin': least,
      'aria-valuemax': most,
    });
    this.root.addEventListener('pointerdown', (event) => this.#drag(event));
    this.root.addEventListener('dblclick', () => this.#set(45));
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.turn('right');
  }

  get share(): number {
    return this.#share;
  }

  /** Lays the sash for a detail on that side. */
  turn(side: Side): void {
    this.#side = side;
    setAttributes(this.root, {
      'aria-orientation': side === 'right' ? 'vertical' : 'horizontal',
      'aria-valuenow': Math.round(this.#share),
    });
  }

  #set(share: number): void {
    this.#share = clamp(share);
    this.root.setAttribute('aria-valuenow', String(Math.round(this.#share)));
    this.#onMove(this.#share);
  }

  #drag(event: PointerEvent): void {
    const frame = this.root.parentElement?.getBoundingClientRect();
    if (!frame || event.button !== 0) return;
    event.preventDefault();
    this.root.setPointerCapture(event.pointerId);
    const move = ({ clientX, clientY }: PointerEvent): void =>
      this.#set(this.#side === 'right' ? ((frame.right - clientX) / frame.width) * 100 : ((frame.bottom - clientY) / frame.height) * 100);
    this.root.addEventListener('pointermove', move);
    this.root.addEventListener('lostpointercapture', () => this.root.removeEventListener('pointermove', move), { once: true });
  }

  #onKey(event: KeyboardEvent): void {
    const larger = this.#side === 'right' ? 'ArrowLeft' : 'ArrowUp';
    const smaller = this.#side === 'right' ? 'ArrowRight' : 'ArrowDown';
    const share = { [larger]: this.#share + step, [smaller]: this.#share - step, Home: least, End: most }[event.key];
    if (share === undefined) return;
    event.preventDefault();
    this.#set(share);
  }
}

function clamp(share: number): number {
  return Number.isFinite(share) ? Math.min(most, Math.max(least, share)) : 45;
}
