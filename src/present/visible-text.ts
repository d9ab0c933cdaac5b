// Control and format characters, invisible letters, and every space but the ordinary one: what can reorder, hide or imitate
// text on a screen (attack: a right-to-left override that shows a harmless command while another one runs).
const deceptive = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/**
 * Text from an agent as it may be shown to a person: every character that has no shape of its own, or that changes the order of
 * others, is replaced by a visible name. Line feeds stay; a carriage return before one is dropped.
 */
export function visibleText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(deceptive, (character) => {
    if (character === '\n') return character;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** The same on one line: line feeds become a visible sign. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/\n/g, '⏎');
}

/**
 * A notification's text in which nothing is a link: VS Code makes `[words](command:…)` in any notification one that runs the command when it is clicked (attack: an
 * agent's command with a link named "Allow" in it). A blank comes between.
 */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

/** A quick pick's text in which nothing is an icon: VS Code shows `$(name)` as one, or as nothing where it knows no such icon, and so hides a command substitution. */
export function withoutIcons(text: string): string {
  return text.replaceAll('$(', '\\$(');
}

/** Whether {@link visibleText} would show something else than the text. */
export function hasDeceptiveText(text: string): boolean {
  return visibleText(text) !== text.replace(/\r\n/g, '\n');
}
