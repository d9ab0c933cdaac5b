import { it } from 'mocha';

/**
 * A test for these platforms. Elsewhere there is none to pass or to be skipped, and a line of the output says so and why (`where …`).
 */
export function itOn(platforms: readonly NodeJS.Platform[], where: string, title: string, test: () => void | Promise<void>): void {
  if (platforms.includes(process.platform)) it(title, test);
  else console.log(`"${title}" is tested on ${platforms.join(' and ')} only, ${where}`);
}
