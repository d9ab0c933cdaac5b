/** How strictly the machine's owner lets the policy act; see `requirements` C9. */
export type Mode = 'enforce' | 'confirm' | 'shadow' | 'locked';

export const modes: readonly Mode[] = ['enforce', 'confirm', 'shadow', 'locked'];
