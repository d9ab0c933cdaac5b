/** The icons of the page, by their names in VS Code. The build makes a font of these only. */
export const icons = [
  'arrow-up',
  'beaker',
  'check',
  'chevron-down',
  'chevron-right',
  'chevron-up',
  'circle-slash',
  'clear-all',
  'close',
  'copy',
  'error',
  'export',
  'filter',
  'go-to-file',
  'graph',
  'info',
  'json',
  'link',
  'list-unordered',
  'pass',
  'person',
  'question',
  'refresh',
  'search',
  'shield',
  'table',
  'verified',
  'warning',
] as const;

/** The name of one of {@link icons}. */
export type IconName = (typeof icons)[number];
