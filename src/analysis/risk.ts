import type { Act } from '../model/act.ts';
import { risks, type Effect, type Risk } from '../model/effect.ts';
import type { Zone } from '../model/zone.ts';

/**
 * The table from effects to risk; the highest over a call's effects counts.
 *
 * critical: cannot be undone and reaches beyond this workspace. high: cannot be undone, or weakens a protection.
 * medium: changes something that can be brought back, or is not fully known. low: reads, or writes inside the workspace.
 */
const byAct: Readonly<Partial<Record<Act, Risk>>> = {
  'git.push': 'medium',
  'git.push.force': 'critical',
  'git.push.lease': 'high',
  'git.push.delete': 'critical',
  'git.discard': 'high',
  'git.clean': 'high',
  'git.branch.delete': 'high',
  'git.worktree.remove': 'high',
  'git.stash.drop': 'high',
  'git.history.rewrite': 'critical',
  'git.ref.delete': 'high',
  'git.config.inject': 'high',
  'checks.skip': 'high',
  'files.delete.recursive': 'medium',
  'files.permissions': 'low',
  'files.permissions.recursive': 'medium',
  'secret.read': 'high',
  'secret.copy': 'high',
  'secret.print': 'high',
  'secret.send': 'critical',
  'net.upload': 'medium',
  'net.internal': 'medium',
  'net.metadata': 'critical',
  'net.file-url': 'high',
  'code.remote': 'critical',
  'code.decoded': 'high',
  'code.unknown': 'medium',
  'disk.write': 'critical',
  'machine.power': 'high',
  'machine.exhaust': 'critical',
  'process.kill-all': 'high',
  'service.change': 'high',
  'guard.change': 'critical',
  'guard.bypass': 'critical',
  'package.publish': 'high',
  'cloud.delete': 'high',
  'cloud.destroy': 'critical',
  'forge.merge': 'medium',
  'system.install': 'medium',
  'cloud.change': 'medium',
  'db.drop': 'critical',
  'db.truncate': 'critical',
  'db.delete-all': 'high',
  'db.update-all': 'high',
  'db.flush': 'critical',
  'db.write': 'medium',
  'privilege.raise': 'medium',
};

/** What changing something in a zone is; deleting a whole folder there is one step worse. */
const byZone: Readonly<Partial<Record<Zone, Risk>>> = {
  root: 'critical',
  home: 'critical',
  'workspace-root': 'high',
  system: 'high',
  'other-home': 'high',
  device: 'critical',
  'secret-dir': 'high',
  secret: 'high',
  guard: 'critical',
  startup: 'high',
  outside: 'medium',
  source: 'low',
};

/** Risk of one effect. */
export function riskOf(effect: Effect): Risk {
  let risk: Risk = effect.act ? (byAct[effect.act] ?? 'low') : 'low';
  if (effect.kind === 'unknown' && effect.certainty === 'opaque') risk = higher(risk, 'low');
  if (effect.kind === 'write' || effect.kind === 'delete') {
    const whole = effect.act === 'files.delete.recursive' || effect.act === 'files.permissions.recursive';
    for (const zone of effect.zones ?? []) {
      const own = byZone[zone] ?? 'low';
      risk = higher(risk, whole && (zone === 'outside' || zone === 'source' || zone === 'system') ? worse(own) : own);
    }
    if (effect.zones?.includes('safe-device')) risk = 'low';
    if (whole && effect.zones?.includes('build-output') && !effect.zones.includes('outside')) risk = 'low';
  }
  if (effect.kind === 'network') risk = higher(risk, 'low');
  return risk;
}

/** Risk of a call: the highest of its effects. */
export function riskOfAll(effects: readonly Effect[]): Risk {
  return effects.reduce<Risk>((risk, effect) => higher(risk, riskOf(effect)), 'low');
}

function higher(a: Risk, b: Risk): Risk {
  return risks.indexOf(a) >= risks.indexOf(b) ? a : b;
}

function worse(risk: Risk): Risk {
  return risks[Math.min(risks.indexOf(risk) + 1, risks.length - 1)] ?? 'critical';
}
