import type { Act } from '../../model/act.ts';
import type { Invocation } from '../shell/invocation.ts';
import type { Text } from '../shell/value.ts';

/** Copying a secret is its own act; a copy of a harmless file is a read. */
export function secretCopy(target: Text, call: Invocation): { readonly act?: Act } {
  return call.isSecret(target) ? { act: 'secret.copy' } : {};
}
