import type { Words } from '../../webview/words.ts';

/** What the page is made of: addresses that the editor gives its pages. */
export interface PageParts {
  /** Source of what the editor serves, for the security policy. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
  readonly icons: string;
  readonly nonce: string;
  readonly language: string;
  readonly words: Words;
}

/**
 * The page, which is empty but for its sentences: everything else is made by its script. Nothing inline runs or styles, nothing is fetched but
 * what the extension brings.
 */
export function pageHtml({ source, script, style, icons, nonce, language, words }: PageParts): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source}; font-src ${source}; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${attribute(icons)}">
<link rel="stylesheet" href="${attribute(style)}">
<title>${attribute(words.title)}</title>
</head>
<body>
<div id="root" data-words="${attribute(JSON.stringify(words))}"></div>
<script nonce="${nonce}" src="${attribute(script)}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
