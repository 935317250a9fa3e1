/** An OpenAPI v3 document of the API server, as far as it is looked at. */
interface Document {
  components?: { schemas?: Record<string, unknown> };
}

/** The schemas of some kinds and all that those need, without paths and descriptions: a fiftieth of the document. */
export function trimmedSchema({ components = {} }: Document, kinds: readonly string[]): object {
  const { schemas = {} } = components;
  return { openapi: '3.0.0', components: { schemas: reachable(schemas, kinds) } };
}

function reachable(all: Record<string, unknown>, kinds: readonly string[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const waiting = Object.keys(all).filter((name) =>
    kinds.some((kind) => name.endsWith(`.${kind}`) && isKind(all[name])),
  );
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name in kept) continue;
    const text = JSON.stringify(all[name], withoutDescriptions);
    kept[name] = JSON.parse(text);
    for (const [, found] of text.matchAll(/#\/components\/schemas\/([^"]+)/g)) waiting.push(found ?? '');
  }
  return kept;
}

function withoutDescriptions(key: string, value: unknown): unknown {
  return key === 'description' && typeof value === 'string' ? undefined : value;
}

function isKind(schema: unknown): boolean {
  return JSON.stringify(schema).includes('x-kubernetes-group-version-kind');
}
