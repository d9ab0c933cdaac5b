import { element } from './dom.ts';

/** The popup that is open, if one is: there is never more than one. */
let open: Popup | undefined;

/** Something that opens below a button: closes by Escape, by a click elsewhere and when the keyboard leaves it. */
export class Popup {
  readonly #anchor: HTMLElement;
  readonly #content: () => HTMLElement;
  #panel: HTMLElement | undefined;
  /** A button of the mouse is down on an item. */
  #isPressed = false;
  #isStale = false;

  constructor(anchor: HTMLElement, kind: 'listbox' | 'menu' | 'dialog', content: () => HTMLElement) {
    this.#anchor = anchor;
    this.#content = content;
    anchor.setAttribute('aria-haspopup', kind);
    anchor.setAttribute('aria-expanded', 'false');
    anchor.addEventListener('click', () => (this.#panel ? this.close() : this.show()));
    anchor.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown' || this.#panel) return;
      event.preventDefault();
      this.show();
    });
  }

  get isOpen(): boolean {
    return this.#panel !== undefined;
  }

  show(): void {
    open?.close(false);
    open = this;
    const panel = element('div', { class: 'popup' }, this.#content());
    this.#panel = panel;
    // In the same landmark as its button.
    this.#anchor.parentElement?.append(panel);
    this.#anchor.setAttribute('aria-expanded', 'true');
    const { left, bottom } = this.#anchor.getBoundingClientRect();
    panel.style.top = `${bottom + 2}px`;
    panel.style.left = `${Math.max(4, Math.min(left, window.innerWidth - panel.offsetWidth - 4))}px`;
    panel.style.maxHeight = `${Math.max(120, window.innerHeight - bottom - 12)}px`;
    panel.addEventListener('keydown', (event) => {
      const leaves = event.key === 'Tab' && isAtEnd(panel, event.shiftKey);
      if (event.key !== 'Escape' && !leaves) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    });
    panel.addEventListener('pointerdown', () => this.#press());
    panel.addEventListener('focusout', (event) => {
      const to = event.relatedTarget;
      if (to instanceof Node && !panel.contains(to) && to !== this.#anchor) this.close(false);
    });
    panel.querySelector<HTMLElement>('[data-first], input, [role^="option"], [role^="menuitem"]')?.focus();
  }

  close(focus = true): void {
    const panel = this.#panel;
    if (!panel) return;
    this.#panel = undefined;
    this.#isPressed = this.#isStale = false;
    if (open === this) open = undefined;
    this.#anchor.setAttribute('aria-expanded', 'false');
    if (focus) this.#anchor.focus();
    panel.remove();
  }

  // An item that is replaced between press and release is not clicked: news that come meanwhile are shown afterwards.
  #press(): void {
    this.#isPressed = true;
    const release = (): void => {
      window.setTimeout(() => {
        this.#isPressed = false;
        if (this.#isStale) this.refresh();
      });
    };
    window.addEventListener('pointerup', release, { once: true });
  }

  /** Fills the open popup anew. */
  refresh(): void {
    if (!this.#panel) return;
    this.#isStale = this.#isPressed;
    if (this.#isPressed) return;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['value'] : undefined;
    this.#panel.replaceChildren(this.#content());
    const again = [...this.#panel.querySelectorAll<HTMLElement>('[data-value]')].find((item) => item.dataset['value'] === focused);
    again?.focus();
  }
}

document.addEventListener('pointerdown', (event) => {
  if (open && event.target instanceof Element && !event.target.closest('.popup, [aria-haspopup]')) open.close(false);
});
window.addEventListener('blur', () => open?.close(false));
window.addEventListener('resize', () => open?.close(false));

/** Whether the next step of the Tab key leaves the panel. */
function isAtEnd(panel: HTMLElement, backwards: boolean): boolean {
  const stops = [...panel.querySelectorAll<HTMLElement>('input, button')];
  const end = backwards ? stops[0] : stops.at(-1);
  const isAmongStops = document.activeElement instanceof HTMLElement && stops.includes(document.activeElement);
  return stops.length === 0 || document.activeElement === end || (backwards && !isAmongStops);
}

/** Moves the keyboard among the items of a list or menu: arrows, Home, End and first letters. */
export function moveAmong(list: HTMLElement, selector: string): void {
  list.addEventListener('keydown', (event) => {
    const items = [...list.querySelectorAll<HTMLElement>(selector)];
    const at = items.findIndex((item) => item.matches(':focus'));
    const next = nextItem(event, items, at);
    if (next === undefined) return;
    event.preventDefault();
    items[next]?.focus();
  });
}

function nextItem(event: KeyboardEvent, items: readonly HTMLElement[], at: number): number | undefined {
  const last = items.length - 1;
  switch (event.key) {
    case 'ArrowDown':
      return Math.min(last, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default: {
      if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return undefined;
      const letter = event.key.toLowerCase();
      const turned = [...items.keys()].map((index) => (at + 1 + index) % items.length);
      return turned.find((index) => items[index]?.textContent?.trim().toLowerCase().startsWith(letter));
    }
  }
}
