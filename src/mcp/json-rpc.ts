/** A JSON object of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** Id of a request; requests of both sides count on their own. */
export type RequestId = string | number;

/** Codes of JSON-RPC 2.0 §5.1. */
export const errorCodes = { parse: -32_700, invalidRequest: -32_600, invalidParams: -32_602, serverGone: -32_000 } as const;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The id of a message, where it has a valid one. */
export function idOf(message: Json): RequestId | undefined {
  const { id } = message;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** A key for maps: `1` and `"1"` are different ids. */
export function keyOf(id: RequestId): string {
  return JSON.stringify(id);
}

/** An answer that says that a request failed. `id` is null where the request had none that could be read. */
export function errorAnswer(id: RequestId | null, code: number, message: string): Json {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

/** An answer to `tools/call` that the model reads and can go on from (MCP, "Tools", error handling). */
export function refusal(id: RequestId, text: string): Json {
  return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], isError: true } };
}
