import type { ViewerVerification } from '../model/viewer.ts';
import { button, element, icon, iconButton, quote, say } from './dom.ts';
import type { Formats } from './format.ts';
import { fill, type Words } from './words.ts';

const mostProblems = 5;

/** What takes the place of the list where there is none: what is the case, and what can be done. */
export interface EmptyState {
  readonly icon: 'shield' | 'search' | 'error';
  readonly title: string;
  readonly text: string;
  readonly actions: readonly { readonly label: string; readonly run: () => void }[];
}

export function emptyState({ icon: name, title, text, actions }: EmptyState): readonly Node[] {
  return [
    icon(name, 'empty-icon'),
    element('h2', {}, say(title)),
    element('p', {}, quote(text)),
    element(
      'div',
      { class: 'actions' },
      ...actions.map(({ label, run }, index) => button(label, run, { class: index === 0 ? 'primary' : 'secondary' })),
    ),
  ];
}

/** A line above the list: the result of a verification, or what could not be read. */
export class Notice {
  readonly root = element('div', { class: 'notice', role: 'status' });
  readonly #words: Words;
  readonly #formats: Formats;

  constructor(words: Words, formats: Formats) {
    this.#words = words;
    this.#formats = formats;
    this.root.hidden = true;
  }

  /** The sentence of a verification, which is shown until it is closed. */
  verified(result: ViewerVerification | undefined): void {
    const words = this.#words;
    if (!result) {
      this.#show('bad', [say(words.verifyFailed)], []);
      return;
    }
    const { ok, records, files, head, problems } = result;
    const { count } = this.#formats;
    if (ok) {
      const hash = element('code', {}, quote(`${head.seq}:${head.hash}`));
      this.#show('good', [say(fill(words.verified, count(records), count(files)))], [element('p', {}, say(`${words.head} `), hash)]);
      return;
    }
    const lines = problems.slice(0, mostProblems).map(({ message, file, line }) => {
      const place = [file, line].filter((part) => part !== undefined).join(':');
      return element('li', {}, quote(place === '' ? message : `${place}: ${message}`));
    });
    const more = problems.length - lines.length;
    this.#show(
      'bad',
      [say(fill(words.notVerified, count(problems.length)))],
      [
        element('ul', {}, ...lines),
        more > 0 ? element('p', {}, say(fill(words.moreProblems, count(more)))) : undefined,
        element('p', {}, say(words.notVerifiedAdvice)),
      ],
    );
  }

  /** Something is missing from the list. */
  warn(sentence: string): void {
    this.#show('bad', [quote(sentence)], []);
  }

  hide(): void {
    this.root.hidden = true;
    this.root.replaceChildren();
  }

  #show(kind: 'good' | 'bad', lead: readonly Node[], more: readonly (Node | undefined)[]): void {
    this.root.className = `notice notice-${kind}`;
    this.root.hidden = false;
    this.root.replaceChildren(
      icon(kind === 'good' ? 'verified' : 'warning'),
      element('div', { class: 'notice-text' }, element('p', {}, ...lead), ...more),
      iconButton('close', this.#words.close, () => this.hide()),
    );
  }
}
