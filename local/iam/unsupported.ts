/**
 * Something in a policy that this evaluator does not understand. Guessing could grant too much, so whatever such a statement
 * applies to is refused, with this message in the refusal.
 */
export class UnsupportedPolicy extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsupportedPolicy';
  }
}
