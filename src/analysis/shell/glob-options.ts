/** An option that changes what patterns match is set on one way, and not on another. */
export const unsureGlob = 'unsure patterns';
/** Options that change what patterns match. */
export const globOptions: readonly string[] = [
  'noglob',
  'nullglob',
  'failglob',
  'dotglob',
  'nocaseglob',
  'extglob',
  'globstar',
  unsureGlob,
];
