import { CliError, exitCodes } from '../exit-codes.ts';

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The address of an API or a login, without a slash at its end. Tokens and secrets go there, so it must be https, or this
 * machine. Throws a {@link CliError} that says what is wrong.
 */
export const serviceAddress = (text: string, what: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
  if (url === undefined || !safe || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new CliError(
      exitCodes.usage,
      `${what} must be an address such as https://abc123.execute-api.ap-south-1.amazonaws.com: https (http on this machine only), without credentials or query.`,
    );
  }
  return text.replace(/\/+$/, '');
};
