/**
 * Makes anchors of headings as GitHub does, one after the other in a file: lower case, punctuation dropped, spaces to
 * hyphens, `-1` on for repeats (rules of gjtorikian/html-pipeline, table of contents filter).
 */
export function newAnchors(): (title: string) => string {
  const taken = new Map<string, number>();
  return (title) => {
    const plain = anchorOf(title);
    const count = taken.get(plain);
    taken.set(plain, (count ?? 0) + 1);
    return count === undefined ? plain : `${plain}-${count}`;
  };
}

function anchorOf(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}
