/** What a caller can act on: the whole vocabulary of failures that leave the server. */
export type ErrorCode = 'invalid_input' | 'not_found' | 'denied' | 'unavailable' | 'timeout' | 'internal';

/**
 * The one error a tool, an adapter or the gate throws on purpose. `message` says what happened and `hint` what to do
 * next; both reach the model. `cause` goes to the audit log only.
 */
export class ToolError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ToolError';
    this.code = code;
    this.hint = hint;
  }
}

/** The text form a client sees: `code: what happened`, then `hint: what to do next`. */
export function errorText(error: ToolError): string {
  return `${error.code}: ${error.message}\nhint: ${error.hint}`;
}

/** Any thrown value as a ToolError; an unknown one becomes `internal` in our words and keeps its cause for the audit log. */
export function toToolError(thrown: unknown): ToolError {
  if (thrown instanceof ToolError) return thrown;
  return new ToolError(
    'internal',
    'the call failed inside daytwo',
    'Try once more; if it fails again, read the audit log for the cause and report it.',
    { cause: thrown },
  );
}
