import { visibleLine } from '../present/visible-text.ts';
import { element, icon, say, setAttributes } from './dom.ts';
import { moveAmong, Popup } from './popup.ts';

/** One value to choose. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  /** How often it occurs, as written. */
  readonly count?: string;
}

export interface ChoiceMenuOptions {
  readonly name: string;
  /** Any number of values, or exactly one; the first of these stands for no choice. */
  readonly many: boolean;
  /** Said where there is nothing to choose. */
  readonly none: string;
  readonly choices: () => readonly Choice[];
  readonly chosen: () => readonly string[];
  readonly choose: (values: readonly string[]) => void;
  /** What stands below the list; `close` ends the choice. */
  readonly below?: (close: () => void) => HTMLElement;
}

/** A button of the filter bar with a list to choose from. */
export class ChoiceMenu {
  readonly root: HTMLElement;
  readonly #options: ChoiceMenuOptions;
  readonly #label = element('span', { class: 'menu-label' });
  readonly #popup: Popup;

  constructor(options: ChoiceMenuOptions) {
    this.#options = options;
    this.root = element('button', { type: 'button', class: 'filter' }, this.#label, icon('chevron-down'));
    this.#popup = new Popup(this.root, 'listbox', () => this.#list());
    this.update();
  }

  /** Shows what is chosen now. */
  update(): void {
    const { name, chosen, choices, many } = this.#options;
    const values = chosen();
    const first = values[0];
    const isSet = many ? values.length > 0 : first !== undefined && first !== choices()[0]?.value;
    const label = first === undefined ? '' : (choices().find(({ value }) => value === first)?.label ?? first);
    const more = values.length > 1 ? ` +${values.length - 1}` : '';
    this.#label.replaceChildren(
      say(isSet ? `${name}: ` : name),
      ...(isSet ? [element('span', { class: 'menu-value' }, say(visibleLine(label) + more))] : []),
    );
    setAttributes(this.root, { class: isSet ? 'filter is-set' : 'filter' });
    this.#popup.refresh();
  }

  #list(): HTMLElement {
    const { name, many, none, choices, chosen } = this.#options;
    const values = chosen();
    const offered = choices();
    // What was chosen stays to be seen, even where the log has no more of it.
    const lost = values.filter((value) => !offered.some((choice) => choice.value === value)).map((value) => ({ value, label: value }));
    const items = [...offered, ...lost].map((choice) => this.#item(choice, values.includes(choice.value)));
    if (items.length === 0) return element('p', { class: 'popup-note', tabindex: -1, 'data-first': true }, say(none));
    const list = element(
      'div',
      { class: 'options', role: 'listbox', 'aria-label': name, 'aria-multiselectable': many ? 'true' : undefined },
      ...items,
    );
    moveAmong(list, '[role=option]');
    const below = this.#options.below?.(() => this.#popup.close());
    return below ? element('div', {}, list, below) : list;
  }

  #item({ value, label, count }: Choice, isChosen: boolean): HTMLElement {
    const item = element(
      'div',
      { class: 'option', role: 'option', tabindex: -1, 'aria-selected': isChosen ? 'true' : 'false', 'data-value': value },
      element('span', { class: 'option-check' }, isChosen ? icon('check') : undefined),
      element('span', { class: 'option-label', title: visibleLine(label) }, say(visibleLine(label))),
      count === undefined ? undefined : element('span', { class: 'option-count' }, say(count)),
    );
    if (isChosen) item.dataset['first'] = '';
    const take = (): void => {
      const { many, chosen, choose } = this.#options;
      if (many) choose(isChosen ? chosen().filter((one) => one !== value) : [...chosen(), value]);
      else {
        choose([value]);
        this.#popup.close();
      }
    };
    item.addEventListener('click', take);
    item.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      take();
    });
    return item;
  }
}

/** A button with a menu of things to do. */
export function actionMenu(
  anchor: HTMLElement,
  name: string,
  actions: readonly { readonly label: string; readonly run: () => void }[],
): void {
  const popup = new Popup(anchor, 'menu', () => {
    const items = actions.map(({ label, run }) => {
      const item = element(
        'div',
        { class: 'option', role: 'menuitem', tabindex: -1 },
        element('span', { class: 'option-label' }, say(label)),
      );
      const take = (): void => {
        popup.close();
        run();
      };
      item.addEventListener('click', take);
      item.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        take();
      });
      return item;
    });
    const menu = element('div', { class: 'options', role: 'menu', 'aria-label': name }, ...items);
    moveAmong(menu, '[role=menuitem]');
    return menu;
  });
}
