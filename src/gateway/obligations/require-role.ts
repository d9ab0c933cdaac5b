import { MatchContext } from '../../policy/match.ts';
import { type Obligator, textsParam } from './duties.ts';

/** Only for those who hold one of the roles, as the policy's layers define them. */
export const requireRole: Obligator = {
  refuses: ({ params, policy, request }) => {
    const names = textsParam(params, 'role') ?? textsParam(params, 'value') ?? [];
    if (names.length === 0) return 'the policy does not say which role it takes ("role: NAME")';
    // Every layer that defines the role must say so: a workspace's policy cannot hand out a role of the managed one.
    const context = new MatchContext(request, () => undefined);
    const holds = names.some((name) => {
      const definitions = policy.layers.flatMap(({ roles }) =>
        roles !== undefined && Object.hasOwn(roles, name) ? (roles[name] ?? []) : [],
      );
      return definitions.length > 0 && definitions.every((role) => context.hasRole(role));
    });
    return holds ? undefined : `it takes the role ${names.map((name) => `"${name}"`).join(' or ')}, which you do not hold`;
  },
};
