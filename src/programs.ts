/** What is known of the programs that are met less often, loaded when one of them is. */
export { moreProgram } from './analysis/programs/more.ts';
