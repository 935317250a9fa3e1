const URL_FORM = /^(?<scheme>[a-z][a-z0-9+.-]*:\/\/)?(?<rest>.*)$/is;

/** A URL without user information, query and fragment, where credentials are put; other text is treated the same way. */
export function bareUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const { scheme = '', rest = '' } = URL_FORM.exec(url)?.groups ?? {};
  return `${scheme}${withoutUser(rest).replace(/[?#].*$/s, '')}`;
}

function withoutUser(rest: string): string {
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const odd = /[?#]|:(?!\d*$)/.test(authority);
  // A password with a slash in it: the authority looks like host:port with a port that is none.
  const at = authority.includes('@') ? authority.lastIndexOf('@') : odd ? rest.lastIndexOf('@') : -1;
  return rest.slice(at + 1);
}
