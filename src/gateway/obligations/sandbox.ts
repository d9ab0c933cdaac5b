import type { Duty, Obligator } from './duties.ts';
import type { SandboxBackend } from './sandbox-backend.ts';
import { bubblewrap } from './sandbox-linux.ts';
import { seatbelt } from './sandbox-mac.ts';
import { sandboxPlan } from './sandbox-plan.ts';

/**
 * The command runs in a sandbox of the operating system: bubblewrap on Linux, Seatbelt on macOS, each called by its own command line. The agent
 * runs the changed command; one that cannot is not allowed the call. `@anthropic-ai/sandbox-runtime` would add lists of hosts by a proxy, but needs
 * Node 22, socat and ripgrep beside it, changes weekly, and starts several processes for each command.
 */
export const sandbox: Obligator = {
  refuses: (duty) => {
    const plan = sandboxPlan(duty);
    if ('problem' in plan) return plan.problem;
    const backend = backendOf(duty.machine.platform);
    return 'problem' in backend ? backend.problem : backend.problemWith(plan);
  },
  wrap: (duty, command) => {
    const plan = sandboxPlan(duty);
    if ('problem' in plan) return { refusal: plan.problem };
    const backend = backendOf(duty.machine.platform);
    if ('problem' in backend) return { refusal: backend.problem };
    return { command: backend.wrap(plan, command), how: `sandbox: ${backend.title}, network ${plan.network ? 'open' : 'closed'}` };
  },
};

function backendOf(platform: Duty['machine']['platform']): SandboxBackend | { readonly problem: string } {
  if (platform === 'linux') return bubblewrap;
  if (platform === 'darwin') return seatbelt;
  return { problem: `there is no sandbox for ${platform === 'win32' ? 'Windows' : platform}: run it on Linux or macOS, or in a container` };
}
