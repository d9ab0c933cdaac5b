/** The agents and tools that a hook meets rarely, loaded when it does: see agents/registry.ts and agents/envelope.ts. */
export { rareAdapters } from './agents/rare-adapters.ts';
export { decodeRareTool } from './agents/decode-tool.ts';
