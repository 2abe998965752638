/** A template that the platform cannot run as it stands; the message names stack, resource and place. */
export class TemplateError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TemplateError';
  }
}

/** Runs a step and puts the place in front of whatever it throws. */
export const at = <T>(place: string, step: () => T): T => {
  try {
    return step();
  } catch (error) {
    throw atPlace(place, error);
  }
};

/** The error with the place in front of its message. */
export const atPlace = (place: string, error: unknown): TemplateError =>
  new TemplateError(`${place}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
