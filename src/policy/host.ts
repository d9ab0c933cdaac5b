/** Host of a URL in lower case without a last dot; also of git's `user@host:path`. */
export function hostOf(url: string): string | undefined {
  const scp = /^(?:[\w.-]+@)?([\w.-]+):(?!\/)/.exec(url);
  if (scp?.[1] !== undefined && !/^[a-z][a-z0-9+.-]*:\/\//i.test(url) && !/^\d+(?:\/|$)/.test(url.slice(scp[0].length))) {
    return scp[1].toLowerCase();
  }
  try {
    const { hostname } = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`);
    return hostname
      .replace(/\.$/, '')
      .replace(/^\[|\]$/g, '')
      .toLowerCase();
  } catch {
    return undefined;
  }
}
