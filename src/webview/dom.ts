import { visibleLine, visibleText } from '../present/visible-text.ts';
import type { IconName } from './icons.ts';

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with attributes and children. Texts are given as nodes made by {@link say} or {@link quote}: nothing is ever parsed as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | undefined)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  setAttributes(made, attributes);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** The same of a component that is not one of HTML's own. */
export function component<Made extends HTMLElement>(
  name: string,
  attributes: Attributes = {},
  ...children: readonly (Node | undefined)[]
): Made {
  // A custom element has the class that it was registered with.
  const made = document.createElement(name) as Made;
  setAttributes(made, attributes);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Sets or, where a value is `undefined` or `false`, removes attributes. */
export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) target.removeAttribute(name);
    else target.setAttribute(name, value === true ? '' : String(value));
  }
}

/** A sentence of our own. */
export function say(text: string): Text {
  return document.createTextNode(text);
}

/** Text of the log on one line: characters that could hide or reorder something are shown by signs. */
export function quote(text: string): Text {
  return document.createTextNode(visibleLine(text));
}

/** Text of the log that may have several lines. */
export function quoteBlock(text: string): Text {
  return document.createTextNode(visibleText(text));
}

/** An icon that says nothing to those who cannot see it: its meaning stands beside it in words. */
export function icon(name: IconName, kind = ''): HTMLSpanElement {
  return element('span', { class: `codicon codicon-${name} ${kind}`.trim(), 'aria-hidden': 'true' });
}

const svgNamespace = 'http://www.w3.org/2000/svg';

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | undefined)[]
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(svgNamespace, name);
  setAttributes(made, attributes);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A button with words, and an icon before them where one is named. */
export function button(
  words: string,
  run: () => void,
  options: { readonly icon?: IconName; readonly class?: string } = {},
): HTMLButtonElement {
  const made = element(
    'button',
    { type: 'button', class: options.class ?? 'quiet' },
    options.icon ? icon(options.icon) : undefined,
    element('span', {}, say(words)),
  );
  made.addEventListener('click', run);
  return made;
}

/** A button of an icon only; its words are its name and its tooltip. */
export function iconButton(name: IconName, words: string, run: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'icon-button', 'aria-label': words, title: words }, icon(name));
  made.addEventListener('click', run);
  return made;
}
